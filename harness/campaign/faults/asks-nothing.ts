/** For our own tests: acts, but claims nothing. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'asks-nothing',
  question: 'Is a run without a claim a pass?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, traffic, random }) {
    const [queue] = nic.rxQueues
    if (queue === undefined) return
    await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await traffic.probe(queue)
  },
})
