/**
 * A request for one CPU waits for the next interrupt, and that CPU goes offline. Nothing is left of the request: the mask
 * before it must count again, and must go on to count when the CPU is back.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const GONE = 3

export default scenario({
  name: 'request-for-a-cpu-that-goes',
  question: 'Is a pending request dropped when the only CPU it names goes offline?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping', 'CPU hotplug'],

  async run({ devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    const gone = CpuMask.of(GONE)
    for (const size of [1, 2]) {
      await port.irq.request(random.maskExcluding(gone, { cpus: size }))
      await traffic.probe(port)
      await traffic.probe(port, { count: 2 })

      const move = await port.irq.request(gone)
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
