/**
 * Several CPUs are asked for, and the one that the irq is on is none of them: the kernel chooses, by the vectors that each has
 * left. A queue that goes once round all CPUs makes the vector matrix tell of each.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

export default scenario({
  name: 'choice-of-cpus',
  question: 'Of several CPUs, does an irq go to the one with most vectors left?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'several rx queues'],
  changes: 'affinity masks',

  async run({ nic, cpus, traffic, check, random }) {
    const [guide] = nic.rxQueues
    if (guide === undefined) return
    for (const cpu of [...cpus.possible.cpus, 0]) {
      await guide.irq.request(CpuMask.of(cpu))
      await traffic.probe(guide, { count: 3 })
    }
    for (const size of [2, 3]) {
      for (const queue of nic.rxQueues) {
        const mask = random.maskExcluding(await queue.irq.effective(), { cpus: size })
        const move = await queue.irq.request(mask)
        await traffic.probe(queue, { count: 3 })

        check(move).wentWhereMostIsLeft()
      }
    }
  },
})
