/** For our own tests: claims a move although no probe was ever sent. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'no-traffic',
  question: 'Can anything be said of a move when nothing was sent?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, hold, check, random }) {
    const [queue, ...others] = nic.rxQueues
    if (queue === undefined) return
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await hold([move], { seconds: 1, whileMoving: others })
    check(move).moved()
  },
})
