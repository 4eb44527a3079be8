/** For our own tests: holds long enough for a test to meddle from outside. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'waits',
  question: 'What happens when QEMU goes away in the middle?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, hold, traffic, check, random }) {
    const [queue, ...others] = nic.rxQueues
    if (queue === undefined) return
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await hold([move], { seconds: 20, whileMoving: others })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
