/**
 * The irqs of a disk's queues are managed: the kernel spreads them over the CPUs, and user space may not move them. Whatever is
 * written is refused before it is read, and a read from a CPU goes on firing the irq of its queue, there.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'managed-irq',
  question: 'Does a managed irq refuse every write, and go on firing where it was?',
  machine: { devices: ['virtio-blk'] },
  needs: ['effective_affinity', 'the pending bit'],
  changes: 'affinity masks',

  async run({ devices, traffic, check, random }) {
    const disk = devices['virtio-blk']
    for (const text of ['1', '0-3', '0', 'zz', '\n']) {
      check(await disk.irq.write('smp_affinity_list', text)).understood()
      check(await disk.irq.write('smp_affinity', text)).understood()
    }
    for (const as of ['list', 'hex'] as const) {
      const move = await disk.irq.request(random.maskExcluding(await disk.irq.effective()), { as })
      await traffic.probe(disk, { count: 5 })
      check(move).unmoved()
    }
  },
})
