/**
 * Each CPU after each other one, once, as a list and once more in hexadecimal. The queues share the tour: each walks a part
 * of it. What always holds is asked of every step.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

/** Of 0 to 3: 0 1 0 2 0 3 1 2 1 3 2 3 0, in which every ordered pair stands once. */
function tourOf(cpus: readonly number[]): readonly number[] {
  return [...cpus.flatMap((from, at) => cpus.slice(at + 1).flatMap((to) => [from, to])), ...cpus.slice(0, 1)]
}

export default scenario({
  name: 'every-pair',
  question: 'Does an irq move from every CPU to every other one, in whichever form it is asked?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit'],
  changes: 'affinity masks',

  async run({ nic, cpus, traffic, check }) {
    const tour = tourOf(cpus.possible.cpus)
    const steps = Math.ceil((tour.length - 1) / nic.rxQueues.length)
    for (const as of ['list', 'hex'] as const) {
      for (let step = 0; step <= steps; step++) {
        for (const [at, queue] of nic.rxQueues.entries()) {
          const cpu = tour[at * steps + step]
          if (cpu !== undefined) await queue.irq.request(CpuMask.of(cpu), { as })
        }
        // One interrupt moves each queue, the next begins the cleanup, and that is over before the third.
        await traffic.probe(nic.rxQueues, { count: 3 })
      }
    }
    check.always()
  },
})
