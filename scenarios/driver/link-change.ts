/**
 * The config vector fires when the link changes, once for each change, and never otherwise. It moves like any other irq; the
 * queues beside it wait for interrupts of their own.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'link-change',
  question: 'Does the irq of link changes move with its own interrupts, and leave the queues where they are?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, hold, traffic, check, random }) {
    const { config, rxQueues } = nic
    const link = await config.irq.request(random.maskExcluding(await config.irq.effective()))
    await hold([link], { seconds: 0.3, whileMoving: rxQueues.slice(0, 1) })

    const waiting = []
    for (const { irq } of rxQueues)
      waiting.push(await irq.request(random.maskExcluding(await irq.effective())))
    const fire = async () => {
      await traffic.probe(config)
      await traffic.probe(config, { count: 5 })
    }
    await hold(waiting, { seconds: 0.3, whileMoving: [config], by: fire })
    await traffic.probe(rxQueues)
    await traffic.probe(rxQueues, { count: 3 })

    for (const move of [link, ...waiting]) check(move).moved()
  },
})
