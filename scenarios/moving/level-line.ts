/**
 * A level line of the IO-APIC moves at the end of its interrupt, when the handler has run: its acknowledge must reach the
 * IO-APIC before the entry is rewritten (arch/x86/kernel/apic/io_apic.c:ioapic_ack_level). A virtio-serial device without
 * vectors has one, and a byte fires it.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'level-line',
  question: 'Does a level line of the IO-APIC move at the end of its next interrupt, and where it should?',
  machine: { devices: ['intx'] },
  needs: ['effective_affinity', 'the pending bit'],
  changes: 'affinity masks',

  async run({ nic, devices, hold, traffic, check, random }) {
    for (const cpus of [1, 2]) {
      const move = await devices.intx.irq.request(
        random.maskExcluding(await devices.intx.irq.effective(), { cpus }),
      )
      await hold([move], { seconds: 0.5, whileMoving: nic.rxQueues })
      await traffic.probe(devices.intx)
      await traffic.probe(devices.intx, { count: 5 })

      check(move).moved()
    }
  },
})
