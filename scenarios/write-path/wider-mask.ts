/** More CPUs are allowed, the one that the irq is on among them: it has no reason to go, and does not. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'wider-mask',
  question: 'Does an irq stay where it is when its CPU is one of several that are asked for?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check, random }) {
    for (const [held, moving] of nic.halves()) {
      const moves = []
      for (const [at, queue] of held.entries()) {
        const here = await queue.irq.effective()
        moves.push(await queue.irq.request(here.union(random.maskExcluding(here, { cpus: 1 + at }))))
      }
      await hold(moves, { seconds: 0.5, whileMoving: moving })
      await traffic.probe(held, { count: 5 })

      for (const move of moves) check(move).stayed()
    }
  },
})
