/** A balancer that has nothing to change writes the mask that is there already: nothing may come of it. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'same-cpu',
  question: 'Does asking for the CPU that the irq is on change nothing, whenever it fires?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check }) {
    for (const [held, moving] of nic.halves()) {
      const moves = []
      for (const [at, queue] of held.entries()) {
        const as = at % 2 === 0 ? 'list' : 'hex'
        moves.push(await queue.irq.request(await queue.irq.effective(), { as }))
      }
      await hold(moves, { seconds: 0.5, whileMoving: moving })
      await traffic.probe(held, { count: 3 })

      for (const move of moves) check(move).stayed()
    }
  },
})
