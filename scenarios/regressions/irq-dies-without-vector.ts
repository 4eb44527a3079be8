/**
 * An irq may be on CPU 2 or 3, and CPU 2 has no vector left. When CPU 3 goes offline there is no place for it in its mask.
 * Up to 6.9 it stays on the CPU that is gone, and is dead: "set affinity failed(-28)". Since 88d724e2301a the kernel tries
 * again with all online CPUs (kernel/irq/cpuhotplug.c:migrate_one_irq).
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const WHY = 'no second try with all online CPUs, as 88d724e2301a has it (6.10, 6.6.47)'
const LACKING = [{ before: '6.6.47' }, { from: '6.7', before: '6.10' }]

export default scenario({
  name: 'irq-dies-without-vector',
  question: 'Does an irq live on when its CPU goes offline and the rest of its mask has no vector left?',
  machine: { devices: ['virtio-serial'], vectorHogs: 4 },
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping', 'CPU hotplug'],
  bracket: { violated: 'debian:6.1', held: 'debian:6.12' },
  known: LACKING.flatMap((kernels) => [
    // A dead irq stays dead when the CPU comes back: what always holds does not hold of it either.
    ...(['moved-anyway', 'conserved', 'alive'] as const).map((law) => ({ ...kernels, law, reason: WHY })),
    { ...kernels, message: /IRQ\d+: set affinity failed\(-28\)/, reason: WHY },
  ]),

  async run({ devices, cpus, vectors, traffic, check }) {
    const port = devices['virtio-serial']
    await port.irq.request(CpuMask.of(3))
    await traffic.probe(port)
    await traffic.probe(port, { count: 2 })
    await vectors.fill(2)
    const move = await port.irq.request(CpuMask.of(2, 3))
    await traffic.probe(port)
    await cpus.offline(3)
    await traffic.probe(port, { count: 3 })

    check(move).movedAnyway()
  },
})
