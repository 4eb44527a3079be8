/**
 * The MSI of an AHCI controller has no mask bit: while its message is rewritten, an interrupt may come. The kernel then
 * goes over the new vector on the old CPU (arch/x86/kernel/apic/msi.c:msi_set_affinity), and must lose none.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'non-maskable-msi',
  question: 'Does an MSI that cannot be masked move when and where it should?',
  machine: { devices: ['ahci'] },
  needs: ['effective_affinity', 'the pending bit'],
  changes: 'affinity masks',

  async run({ nic, devices, hold, traffic, check, random }) {
    for (const cpus of [1, 2]) {
      const mask = random.maskExcluding(await devices.ahci.irq.effective(), { cpus })
      const move = await devices.ahci.irq.request(mask)
      await hold([move], { seconds: 0.5, whileMoving: nic.rxQueues })
      await traffic.probe(devices.ahci)
      await traffic.probe(devices.ahci, { count: 5 })

      check(move).moved()
    }
  },
})
