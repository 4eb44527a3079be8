/**
 * An irq that is sent to and fro between two CPUs while its queue is flooded: each request may meet an interrupt, a poll
 * or the cleanup of the one before. In the end every vector is given back, and no datagram is missing.
 */
import { scenario } from '../../harness/index.ts'

const HOPS = 30

export default scenario({
  name: 'ping-pong-under-load',
  question: 'Can an irq go to and fro under load, and lose neither a vector nor a datagram?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, rounds, traffic, check, random }) {
    const queue = random.pick(nic.rxQueues)
    const here = await queue.irq.effective()
    const there = random.maskExcluding(here)
    for await (const _ of rounds()) {
      await traffic.flood(queue, async () => {
        for (let hop = 1; hop < HOPS; hop++) await queue.irq.request(hop % 2 === 1 ? there : here)
      })
      await traffic.probe(queue, { count: 5 })
    }
    const last = await queue.irq.request(here)
    await traffic.probe(queue, { count: 5 })

    check(last).keptUnderLoad()
    check(last).vectorsGivenBack()
  },
})
