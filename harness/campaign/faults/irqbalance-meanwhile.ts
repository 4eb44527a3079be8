/** For our own tests: irqbalance runs, and nobody asked for it. */
import { CpuMask, scenario } from '../../index.ts'

export default scenario({
  name: 'irqbalance-meanwhile',
  question: 'Is irqbalance noticed and named when it writes what nobody asked it to?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],

  async run({ nic, devices, irqbalance, hold, traffic, check, sh }) {
    const [queue] = nic.rxQueues
    if (queue === undefined) return
    // Two CPUs: irqbalance gives an rx queue one.
    const move = await queue.irq.request(CpuMask.of(2, 3))
    const itsWrite = `irqbalance-.* set: .* irq=${queue.irq.number} `
    await hold([move], {
      seconds: 0.5,
      whileMoving: [devices['virtio-serial']],
      with: async () => {
        await irqbalance.start()
        await sh(
          `for i in $(seq 100); do grep -q '${itsWrite}' /sys/kernel/tracing/trace && break; sleep 0.1; done`,
        )
      },
    })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 3 })
    check(move).moved()
  },
})
