/**
 * A line of the IO-APIC moves like an MSI when it is edge-triggered: its acknowledge is that of the vector domain
 * (arch/x86/kernel/apic/io_apic.c:ioapic_chip, irq_chip_ack_parent). ttyS1 has one, and a received byte fires it.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'edge-line',
  question: 'Does an edge-triggered line of the IO-APIC move when and where it should?',
  machine: { devices: ['ttyS1'] },
  needs: ['effective_affinity', 'the pending bit'],
  changes: 'affinity masks',

  async run({ nic, devices, hold, traffic, check, random }) {
    for (const cpus of [1, 2]) {
      const mask = random.maskExcluding(await devices.ttyS1.irq.effective(), { cpus })
      const move = await devices.ttyS1.irq.request(mask)
      await hold([move], { seconds: 0.5, whileMoving: nic.rxQueues })
      await traffic.probe(devices.ttyS1)
      await traffic.probe(devices.ttyS1, { count: 5 })

      check(move).moved()
    }
  },
})
