/**
 * With threaded NAPI the packets of a queue are taken by a kernel thread, on whatever CPU that runs. Where the irq is
 * counted and moved must not change by it.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'threaded-napi',
  question: 'Does an irq move when and where it should while threads do the polling?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'threaded NAPI'],

  async run({ nic, driver, hold, traffic, check, random }) {
    await driver.threaded(true)
    for (const [held, moving] of nic.halves()) {
      const moves = []
      for (const queue of held)
        moves.push(await queue.irq.request(random.maskExcluding(await queue.irq.effective())))

      await hold(moves, { seconds: 0.5, whileMoving: moving })
      await traffic.probe(held)
      await traffic.probe(held, { count: 5 })

      for (const move of moves) check(move).moved()
    }
    await driver.threaded(false)
  },
})
