/** For our own tests: the guest has an irqbalance of its own, and its next round comes between our writes and our probes. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'meets-a-balancer',
  question: 'Is the balancer of a guest noticed and named when it writes to what we ask?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, traffic, check, random, sh }) {
    const moves = []
    for (const { irq } of nic.rxQueues)
      moves.push(await irq.request(random.maskExcluding(await irq.effective())))
    // It starts with a round, and goes on with one every ten seconds; which irqs it writes to is its own choice.
    const irqs = nic.rxQueues.map(({ irq }) => irq.number).join('|')
    const itsWrite = `irqbalance-.* set: .* irq=(${irqs}) `
    const tracing = '/sys/kernel/tracing'
    const since = `sed -n '/all asked/,$p' ${tracing}/trace`
    await sh(`echo all asked >${tracing}/trace_marker
for i in $(seq 300); do ${since} | grep -Eq '${itsWrite}' && break; sleep 0.1; done`)
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 3 })
    for (const move of moves) check(move).moved()
  },
})
