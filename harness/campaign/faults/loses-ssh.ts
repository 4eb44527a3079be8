/** For our own tests: the SSH server is killed in the middle. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'loses-ssh',
  question: 'Whose fault is a lost SSH server?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, traffic, check, random, sh }) {
    const [queue] = nic.rxQueues
    if (queue === undefined) return
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await sh('kill -9 $(pidof dropbear)')
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
