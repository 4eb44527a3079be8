/**
 * irqbalance is started, the real one, and may not use CPU 0, on which all queues are: so it writes to each of them. To
 * the kernel its writes are like ours: each is taken at once, and waits for the next interrupt of its irq.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const HERE = CpuMask.of(0)

export default scenario({
  name: 'irqbalance',
  question: 'Do the masks that irqbalance writes take effect when and where they should?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, devices, irqbalance, hold, traffic, check }) {
    for (const queue of nic.rxQueues) await queue.irq.request(HERE)
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 2 })

    const moves = await irqbalance.writes(nic.rxQueues, { without: HERE })
    await hold(moves, { seconds: 0.5, whileMoving: [devices['virtio-serial']] })
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 3 })

    for (const move of moves) check(move).moved()
  },
})
