/** For our own tests: smp_affinity_list takes every write and tells the kernel nothing. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'lying-readback',
  question: 'Is a false smp_affinity_list noticed?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, hold, traffic, check, random, sh }) {
    const [queue, ...others] = nic.rxQueues
    if (queue === undefined) return
    const file = `/proc/irq/${queue.irq.number}/smp_affinity_list`
    await sh(`cat ${file} >/run/false; mount --bind /run/false ${file}`)
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await hold([move], { seconds: 1, whileMoving: others })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
