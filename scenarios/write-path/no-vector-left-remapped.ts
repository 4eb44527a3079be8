/**
 * A CPU has no vector left, and an irq is asked to go there. With interrupt remapping the write itself would move the irq,
 * so the write itself can say that it cannot: ENOSPC (arch/x86/kernel/apic/vector.c:assign_vector_locked).
 */
import { CpuMask, scenario } from '../../harness/index.ts'

export default scenario({
  name: 'no-vector-left-remapped',
  question: 'Is a write refused when the irq would move at once, and its CPU has no vector left?',
  machine: { name: 'remapped', devices: ['virtio-serial'], vectorHogs: 4 },
  needs: ['effective_affinity', 'the pending bit', 'interrupt remapping'],

  async run({ devices, vectors, traffic, check }) {
    const port = devices['virtio-serial']
    await port.irq.request(CpuMask.of(1))
    await traffic.probe(port)
    await traffic.probe(port, { count: 2 })
    await vectors.fill(2)
    const move = await port.irq.request(CpuMask.of(2))
    await traffic.probe(port)
    await traffic.probe(port, { count: 2 })

    check(move).foundNoVector()
  },
})
