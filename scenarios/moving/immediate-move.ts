/** With interrupt remapping the same write takes effect at once, from process context: no interrupt is needed. */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'immediate-move',
  question: 'With interrupt remapping, does a new affinity take effect in the write itself?',
  machine: 'remapped',
  needs: ['effective_affinity', 'the pending bit', 'interrupt remapping'],
  changes: 'affinity masks',

  async run({ nic, traffic, check, random }) {
    for (const cpus of [1, 2]) {
      for (const queue of nic.rxQueues) {
        const mask = random.maskExcluding(await queue.irq.effective(), { cpus })
        const move = await queue.irq.request(mask, { as: cpus === 1 ? 'list' : 'hex' })

        await traffic.probe(queue, { count: 5 })

        check(move).moved()
      }
    }
  },
})
