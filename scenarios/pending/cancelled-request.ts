/** A request elsewhere, then one for the CPU that the irq is on already: the next interrupt finds nothing to move. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'cancelled-request',
  question: 'Does asking for the current CPU again cancel a pending move?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'no interrupt remapping'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check, random }) {
    for (const [held, moving] of nic.halves()) {
      const pairs = []
      for (const queue of held) {
        const current = await queue.irq.effective()
        const away = await queue.irq.request(random.maskExcluding(current))
        pairs.push({ away, back: await queue.irq.request(current) })
      }

      await hold(
        pairs.map(({ back }) => back),
        { seconds: 1, whileMoving: moving },
      )
      await traffic.probe(held, { count: 3 })

      for (const { away, back } of pairs) {
        check(away).replaced()
        check(back).stayed()
      }
    }
  },
})
