/**
 * A request for two CPUs waits for the next interrupt, and one of the two goes offline. The request stays as it was written,
 * with both, and the next interrupt must take the irq to the one that is left.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const GONE = CpuMask.of(3)

export default scenario({
  name: 'part-of-a-request-offline',
  question: 'Does a pending request for two CPUs outlive one of them?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping', 'CPU hotplug'],

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    const here = await port.irq.effective()
    const move = await port.irq.request(random.maskExcluding(here.union(GONE)).union(GONE))

    await hold([move], {
      seconds: 0.5,
      whileMoving: nic.rxQueues.slice(0, 2),
      with: () => cpus.offline(GONE.only()),
    })
    await traffic.probe(port)
    await cpus.online(GONE.only())
    await traffic.probe(port, { count: 3 })

    check(move).moved()
  },
})
