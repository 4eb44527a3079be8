/** For our own tests: the kernel complains in its log, and then all goes well. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'warns',
  question: 'Is a warning in the kernel log seen although every law held?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, hold, traffic, check, random, sh }) {
    const [queue, ...others] = nic.rxQueues
    if (queue === undefined) return
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await hold([move], { seconds: 1, whileMoving: others })
    await sh('echo "<4>------------[ cut here ]------------" >/dev/kmsg')
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
