/** Two writes before an interrupt: only the second counts. The CPU of the first never takes part in anything. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'overwritten-request',
  question: 'Does a second request replace a pending one completely?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'no interrupt remapping'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check, random }) {
    for (const [held, moving] of nic.halves()) {
      const pairs = []
      for (const queue of held) {
        const current = await queue.irq.effective()
        const b = random.maskExcluding(current)
        const c = random.maskExcluding(current.union(b))
        pairs.push({ first: await queue.irq.request(b), second: await queue.irq.request(c) })
      }

      await hold(
        pairs.map(({ second }) => second),
        { seconds: 1, whileMoving: moving },
      )
      await traffic.probe(held)
      await traffic.probe(held, { count: 3 })

      for (const { first, second } of pairs) {
        check(first).replaced()
        check(second).moved()
      }
    }
  },
})
