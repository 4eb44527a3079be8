/**
 * As tp-qemu asks (generic/tests/multi_queues_test.py, variant cpu_affinity): each queue is given a CPU, there is a lot of
 * traffic, and the CPU with the most new interrupts must be that one. Only the way of asking: what it misreads is read right.
 */
import { CpuMask, scenario } from '../../index.ts'

export default scenario({
  name: 'tp-qemu-multi-queues',
  question: 'Under traffic, do most interrupts of a queue come to the CPU that was written?',
  machine: 'plain',
  needs: ['effective_affinity'],
  settle: false,

  async run({ nic, traffic, sh }) {
    const counts = async (irq: number) =>
      (await sh(`grep '^ *${irq}:' /proc/interrupts`)).trim().split(/\s+/).slice(1, 5).map(Number)
    const before: (readonly number[])[] = []
    for (const [cpu, { irq }] of nic.rxQueues.entries()) {
      await irq.request(CpuMask.of(cpu), { as: 'hex' })
      before.push(await counts(irq.number))
    }
    await traffic.discover({ hits: 10 })
    for (const [cpu, { name, irq }] of nic.rxQueues.entries()) {
      const grown = (await counts(irq.number)).map((count, at) => count - (before[cpu]?.[at] ?? 0))
      const busiest = grown.indexOf(Math.max(...grown))
      if (busiest !== cpu)
        throw new Error(`a peer says no: ${name} is busiest on CPU ${busiest}, not on ${cpu}`)
    }
  },
})
