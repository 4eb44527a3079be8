/** For our own tests: one plain move, asked of any machine, so that it can be judged by the wrong laws. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'moves',
  question: 'Does a queue move, whatever the machine?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, hold, traffic, check, random }) {
    const [queue, ...others] = nic.rxQueues
    if (queue === undefined) return
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await hold([move], { seconds: 1, whileMoving: others })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
