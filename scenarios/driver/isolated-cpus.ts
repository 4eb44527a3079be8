/**
 * CPUs are isolated and irqs start elsewhere: an irq that nobody asked anything for stays away from them. But isolation is no
 * fence: who writes the mask of an isolated CPU by hand gets it.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'isolated-cpus',
  question: 'Does an irq start outside of the isolated CPUs, and does a write take it to one all the same?',
  machine: { name: 'isolated', devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'isolated CPUs'],
  settle: false,

  async run({ devices, cpus, holdUntouched, traffic, check, random }) {
    const port = devices['virtio-serial']
    const move = await port.irq.request(random.maskOf(cpus.isolated))

    await holdUntouched([move], { seconds: 0.5 })
    await traffic.probe(port)
    await traffic.probe(port, { count: 3 })

    check(move).started()
    check(move).moved()
  },
})
