/**
 * Traffic is no interrupt. With napi_defer_hard_irqs a timer polls a busy queue, and its packets flow without a single
 * interrupt: a pending request must wait all that time, and the first real interrupt must make it.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'packets-without-interrupts',
  question: 'Does a request wait while packets flow and no interrupt fires?',
  machine: { nic: { eventIdx: false } },
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'queues that can be silenced'],

  async run({ nic, napi, rounds, traffic, check, random }) {
    const [[queues]] = nic.halves()
    const moves = []
    for await (const _ of rounds()) {
      await napi.defer()
      // The last interrupt: from here on the timer polls.
      await traffic.probe(queues)
      for (const queue of queues)
        moves.push(await queue.irq.request(random.maskExcluding(await queue.irq.effective())))

      await traffic.probe(queues, { count: 50 })
      await napi.allow()
      await traffic.probe(queues)
      await traffic.probe(queues, { count: 5 })
    }
    for (const move of moves) check(move).movedByInterruptAlone()
  },
})
