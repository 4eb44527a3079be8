/**
 * A request written right after a move, before any interrupt has come on the new CPU: the vector on the old CPU is still
 * to be freed, and until then the irq cannot move again. The request must wait for that, and not be lost.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'request-during-cleanup',
  question: 'Is a request that comes before the last move is over kept until it can be made?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],
  changes: 'affinity masks',

  async run({ nic, traffic, check, random }) {
    for (const queue of nic.rxQueues) {
      await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
      await traffic.probe(queue)
      const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))

      // The first interrupt on the new CPU starts the cleanup, the next one after it makes the move.
      await traffic.probe(queue)
      await traffic.probe(queue, { count: 5 })

      check(move).movedAfterCleanup()
    }
  },
})
