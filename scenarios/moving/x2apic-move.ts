/** With x2APIC the destination of an interrupt has 32 bits and is a cluster of CPUs: the move is made at the write all the same. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'x2apic-move',
  question: 'Does a new affinity take effect in the write where the local APICs are in x2APIC mode?',
  machine: 'x2apic',
  needs: ['effective_affinity', 'the pending bit', 'interrupt remapping'],
  changes: 'affinity masks',

  async run({ nic, traffic, check, random }) {
    for (const queue of nic.rxQueues) {
      for (const cpus of [1, 2]) {
        const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective(), { cpus }))
        await traffic.probe(queue, { count: 5 })

        check(move).moved()
      }
    }
  },
})
