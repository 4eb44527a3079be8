/**
 * The request of a busy day: the queue is in the middle of a burst, interrupts and polls alternate, and the write meets
 * them wherever they are. One move, nothing lost, and hardly an interrupt more on the old CPU.
 */
import { type Move, scenario } from '../../harness/index.ts'

export default scenario({
  name: 'request-in-a-burst',
  question: 'Does a request in the middle of a burst move the irq once, and lose nothing?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues'],

  async run({ nic, rounds, traffic, check, random }) {
    const [[queues]] = nic.halves()
    const last = new Map<string, Move>()
    for await (const _ of rounds()) {
      for (const queue of queues) {
        const to = random.maskExcluding(await queue.irq.effective())
        last.set(queue.name, await traffic.flood(queue, () => queue.irq.request(to)))
        await traffic.probe(queue, { count: 5 })
      }
    }
    for (const move of last.values()) check(move).keptUnderLoad()
  },
})
