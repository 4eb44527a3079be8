/**
 * irqbalance is started, the real one, and writes to every irq what it thinks best. To the kernel its writes are like ours:
 * each is taken at once and waits for the next interrupt of that irq.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'irqbalance',
  question: 'Do the masks that irqbalance writes take effect when and where they should?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, devices, irqbalance, hold, traffic, check }) {
    const moves = await irqbalance.writes(nic.rxQueues)
    await hold(moves, { seconds: 0.5, whileMoving: [devices['virtio-serial']] })
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 5 })

    for (const move of moves) check(move).tookEffect()
  },
})
