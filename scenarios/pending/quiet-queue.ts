/** The support case: the affinity was written, the neighbours are busy, this queue is silent, and so it stays unmoved. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'quiet-queue',
  question:
    'Does a silent queue stay where it is for as long as it is silent, however busy its neighbours are?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'no interrupt remapping'],
  changes: 'affinity masks',

  async run({ nic, hold, traffic, check, random }) {
    const queue = random.pick(nic.rxQueues)
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))

    await hold([move], { seconds: 10, whileMoving: nic.neighboursOf(queue), keepFiring: true })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 10 })

    check(move).moved()
  },
})
