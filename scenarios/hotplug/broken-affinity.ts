/**
 * An irq may go to one CPU alone, and that CPU goes offline: the kernel breaks the affinity, all CPUs that are left count.
 * It is not mended when the CPU comes back: only managed irqs return. The same where the mask was written and not applied
 * yet, because the irq is on that CPU already.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const GONE = 3

export default scenario({
  name: 'broken-affinity',
  question: 'Where does an irq go when the only CPU that it may go to goes offline, and does it stay there?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug'],

  async run({ devices, cpus, hold, traffic, check }) {
    const port = devices['virtio-serial']
    for (const isApplied of [true, false]) {
      let move = await port.irq.request(CpuMask.of(GONE))
      await traffic.probe(port)
      await traffic.probe(port, { count: 2 })
      if (!isApplied) move = await port.irq.request(CpuMask.of(GONE))
      await hold([move], {
        seconds: 0.2,
        whileMoving: [],
        with: () => cpus.offline(GONE),
      })
      await cpus.online(GONE)
      await traffic.probe(port, { count: 3 })

      check(move).fellBack()
    }
  },
})
