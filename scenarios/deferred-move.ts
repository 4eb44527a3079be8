/**
 * The first question: a new affinity is only marked, the next interrupt applies it, still on the old CPU, and only
 * then do interrupts arrive on the new one. Half the queues hold still while the other half fire and move; then they swap.
 */
import { scenario } from '../harness/index.ts'

export default scenario({
  name: 'deferred-move',
  question: 'Does a new affinity wait for the next interrupt, and then take effect?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'no interrupt remapping'],

  async run({ nic, hold, traffic, check, random }) {
    for (const cpus of [1, 2]) {
      for (const [held, moving] of nic.halves()) {
        const moves = []
        for (const [at, queue] of held.entries()) {
          const mask = random.maskExcluding(await queue.irq.effective(), { cpus })
          moves.push(await queue.irq.request(mask, { as: at % 2 === 0 ? 'list' : 'hex' }))
        }

        await hold(moves, { seconds: 1, whileMoving: moving })
        await traffic.probe(held)
        await traffic.probe(held, { count: 10 })

        for (const move of moves) check(move).moved()
      }
    }
  },
})
