/**
 * The irq of a tx queue fires when the driver likes: about once a frame up to 6.12, perhaps never on 7.2 and later, where the
 * frame may be done before its interrupt is asked for (virtio_net.c:start_xmit). Whatever it does, it moves in an interrupt.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'tx-queue',
  question: 'Does the irq of a tx queue move if and only if it has fired?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, hold, traffic, check, random }) {
    const moves = []
    for (const { irq } of nic.txQueues)
      moves.push(await irq.request(random.maskExcluding(await irq.effective())))
    await hold(moves, { seconds: 0.5, whileMoving: nic.rxQueues })
    await traffic.probe(nic.txQueues)
    await traffic.probe(nic.txQueues, { count: 5 })

    for (const move of moves) check(move).movedIfItFired()
  },
})
