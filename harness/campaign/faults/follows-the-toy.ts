/** For our own tests: a guest says in a file what its kernel is to be like, and a bad one shows a false effective affinity. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'follows-the-toy',
  question: 'Is a kernel that is called bad found to be bad?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, hold, traffic, check, random, sh }) {
    const [queue, ...others] = nic.rxQueues
    if (queue === undefined) return
    const file = `/proc/irq/${queue.irq.number}/effective_affinity_list`
    await sh(`! grep -q bad /toy || { cat ${file} >/run/false; mount --bind /run/false ${file}; }`)
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await hold([move], { seconds: 1, whileMoving: others })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
