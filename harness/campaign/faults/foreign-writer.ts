/** For our own tests: another process writes the same affinity during the hold. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'foreign-writer',
  question: 'Is a second writer during a hold noticed?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, hold, traffic, check, random, sh }) {
    const [queue, ...others] = nic.rxQueues
    if (queue === undefined) return
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await sh(`(sleep 0.4; echo 0-3 >/proc/irq/${queue.irq.number}/smp_affinity_list) >/dev/null 2>&1 &`)
    await hold([move], { seconds: 1, whileMoving: others })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
