/**
 * A CPU that is offline is one of the machine's all the same: named alone it is refused, named beside one that is online it
 * is kept in the mask. (virtio-net would write hints of its own when a CPU goes; a port of virtio-serial has none.)
 */
import { scenario } from '../../harness/index.ts'

const GONE = 3

export default scenario({
  name: 'offline-cpu',
  question: 'Is a mask refused when none of its CPUs is online, and taken whole when one of them is?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug'],

  async run({ devices, cpus, traffic, check }) {
    const { irq } = devices['virtio-serial']
    await cpus.offline(GONE)
    check(await irq.write('smp_affinity_list', '3')).understood()
    check(await irq.write('smp_affinity', '8')).understood()
    check(await irq.write('default_smp_affinity', '8')).understood()
    check(await irq.write('smp_affinity_list', '1,3')).understood()
    check(await irq.write('smp_affinity', 'a')).understood()
    await traffic.probe(devices['virtio-serial'], { count: 3 })
    check(await irq.write('smp_affinity_list', '3')).understood()
    await cpus.online(GONE)
  },
})
