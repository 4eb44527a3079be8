/** default_smp_affinity is for irqs to come: those that are there stay where they are, and so does what waits on them. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'default-affinity',
  question: 'Does a new default affinity leave the irqs alone that are there already?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues'],

  async run({ nic, irqDefault, hold, traffic, check, random }) {
    const [waiting, resting, ...others] = nic.rxQueues
    if (waiting === undefined || resting === undefined) return
    const move = await waiting.irq.request(random.maskExcluding(await waiting.irq.effective()))
    const here = await resting.irq.effective()
    const rest = await resting.irq.request(here)

    await irqDefault.set(random.maskExcluding(here, { cpus: 2 }))
    await hold([move, rest], { seconds: 0.5, whileMoving: others })
    await traffic.probe([waiting, resting])
    await traffic.probe([waiting, resting], { count: 3 })

    check(move).moved()
    check(rest).stayed()
  },
})
