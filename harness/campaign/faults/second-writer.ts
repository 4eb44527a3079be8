/** For our own tests: a shell writes to every queue all the time, from before our first write until the guest is gone. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'second-writer',
  question: 'Is the kernel never accused of what somebody else did, whenever he did it?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, traffic, check, random, sh }) {
    const files = nic.rxQueues.map(({ irq }) => `/proc/irq/${irq.number}/smp_affinity_list`).join(' ')
    const write = 'echo $((RANDOM % 4)) >$f; sleep 0.0$((RANDOM % 90 + 10))'
    await sh(`(while :; do for f in ${files}; do ${write}; done; done) >/dev/null 2>&1 &`)
    const moves = []
    for (const { irq } of nic.rxQueues)
      moves.push(await irq.request(random.maskExcluding(await irq.effective())))
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 3 })
    for (const move of moves) check(move).moved()
  },
})
