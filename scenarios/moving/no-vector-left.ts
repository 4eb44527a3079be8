/**
 * A CPU has no vector left, and an irq is asked to go there. The write only marks the request, so it succeeds; the next
 * interrupt finds no vector, and the request is gone without a word (kernel/irq/migration.c:irq_move_masked_irq).
 */
import { CpuMask, scenario } from '../../harness/index.ts'

export default scenario({
  name: 'no-vector-left',
  question: 'What becomes of a request that waits for an interrupt, and then finds no vector on its CPU?',
  machine: { devices: ['virtio-serial'], vectorHogs: 4 },
  needs: ['effective_affinity', 'the pending bit', 'several rx queues', 'no interrupt remapping'],

  async run({ devices, nic, vectors, hold, traffic, check }) {
    const port = devices['virtio-serial']
    await port.irq.request(CpuMask.of(1))
    await traffic.probe(port)
    await traffic.probe(port, { count: 2 })
    await vectors.fill(2)
    const move = await port.irq.request(CpuMask.of(2))
    // No neighbour may leave CPU 2: it would leave a vector there.
    const [neighbour] = nic.rxQueues.slice(0, 1)
    if (neighbour === undefined) return
    await hold([move], {
      seconds: 1,
      whileMoving: [neighbour],
      by: async () => {
        await neighbour.irq.request(CpuMask.of(3))
        await traffic.probe(neighbour)
        await traffic.probe(neighbour, { count: 2 })
      },
    })
    await traffic.probe(port)
    await traffic.probe(port, { count: 3 })

    check(move).foundNoVector()
  },
})
