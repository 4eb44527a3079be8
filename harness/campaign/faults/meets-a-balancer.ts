/** For our own tests: an irqbalance was started in the guest (balancers=restarted), and writes between our writes and our probes. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'meets-a-balancer',
  question: 'Is the balancer of a guest noticed and named when it writes to what we ask?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, irqbalance, traffic, check, random, sh }) {
    const moves = []
    for (const { irq } of nic.rxQueues)
      moves.push(await irq.request(random.maskExcluding(await irq.effective())))
    // Within seconds it writes to each irq that it wants elsewhere, and to none again while nothing is under load.
    const irqs = nic.rxQueues.map(({ irq }) => irq.number).join('|')
    const tracing = '/sys/kernel/tracing'
    const itsWrite = `sed -n '/all asked/,$p' ${tracing}/trace | grep -Eq 'irqbalance-.* set: .* irq=(${irqs}) '`
    const awaited = `for i in $(seq 20); do ${itsWrite} && break; sleep 0.3; done; ${itsWrite} && echo written`
    await sh(`echo all asked >${tracing}/trace_marker`)
    // On a slow host it may have been there before us: then another one starts from what it finds.
    if (!(await sh(`${awaited} || :`)).includes('written')) {
      await irqbalance.start()
      await sh(`${awaited} || :`)
    }
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 3 })
    for (const move of moves) check(move).moved()
  },
})
