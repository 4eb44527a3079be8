/** For our own tests: the managed irqs of an NVMe disk. QEMU cannot save that device, so its guests are always booted. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'nvme-refuses',
  question: 'Does a managed irq of an NVMe disk refuse a write, and go on firing where it was?',
  machine: { devices: ['nvme'] },
  needs: ['effective_affinity'],

  async run({ devices: { nvme }, traffic, check, random }) {
    check(await nvme.irq.write('smp_affinity', '1')).understood()
    const move = await nvme.irq.request(random.maskExcluding(await nvme.irq.effective()))
    await traffic.probe(nvme, { count: 5 })
    check(move).unmoved()
  },
})
