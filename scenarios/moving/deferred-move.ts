/**
 * The first question: a new affinity is only marked, the next interrupt applies it, still on the old CPU, and only
 * then do interrupts arrive on the new one. Half the queues hold still while the other half fire and move; then they swap.
 */
import { scenario, type QueueUnderTest } from '../../harness/index.ts'

export default scenario({
  name: 'deferred-move',
  question: 'Does a new affinity wait for the next interrupt, and then take effect?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'no interrupt remapping'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check, random }) {
    const request = async (queues: readonly QueueUnderTest[], as: 'list' | 'hex') => {
      const moves = []
      for (const [at, queue] of queues.entries()) {
        const mask = random.maskExcluding(await queue.irq.effective(), { cpus: 1 + (at % 2) })
        moves.push(await queue.irq.request(mask, { as }))
      }
      return moves
    }
    const fire = async (queues: readonly QueueUnderTest[]) => {
      await traffic.probe(queues)
      await traffic.probe(queues, { count: 10 })
    }
    const [[first, second]] = nic.halves()

    const moves = await request(first, 'list')
    await hold(moves, { seconds: 1, whileMoving: second })
    const others = await request(second, 'hex')
    await hold(others, { seconds: 1, whileMoving: first, by: () => fire(first) })
    await fire(second)

    for (const move of [...moves, ...others]) check(move).moved()
  },
})
