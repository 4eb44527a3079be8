/**
 * Two writes in quick succession, with interrupt remapping: the first is made at once, and the second meets the cleanup of its
 * old vector. Then it waits for an interrupt, and so does whatever is written after it, however late.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'rapid-double-write',
  question:
    'With interrupt remapping, does a write right after another one wait for an interrupt when it has to?',
  machine: 'remapped',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'interrupt remapping'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check, random }) {
    const [those, others] = nic.halves()[0]
    for (const queue of [...those, ...others]) {
      const here = await queue.irq.effective()
      const next = random.maskExcluding(here)
      const move = await queue.irq.requestInARow(next, random.maskExcluding(here.union(next)))
      await hold([move], { seconds: 0.3, whileMoving: nic.neighboursOf(queue).slice(0, 1) })
      // Half of the queues are asked what becomes of the second write, half of one that is made much later.
      const last = those.includes(queue) ? move : await queue.irq.request(here)
      await traffic.probe(queue)
      await traffic.probe(queue, { count: 3 })

      check(last).movedAfterCleanup()
    }
  },
})
