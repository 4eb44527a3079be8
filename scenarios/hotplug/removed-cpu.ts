/**
 * An irq has moved to a CPU that was plugged in, the next request waits, and the CPU is taken out again: the irq must leave it,
 * and by that request. Nothing may stay behind on a CPU that is no more.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

export default scenario({
  name: 'removed-cpu',
  question: 'Is a pending request made when the CPU that the irq is on is taken out of the machine?',
  machine: { name: 'hotpluggable', devices: ['virtio-serial'] },
  needs: [
    'effective_affinity',
    'the pending bit',
    'no interrupt remapping',
    'CPU hotplug',
    'places for more CPUs',
  ],

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    const added = await cpus.add()
    await port.irq.request(CpuMask.of(added))
    await traffic.probe(port)
    await traffic.probe(port, { count: 3 })

    const move = await port.irq.request(random.maskExcluding(CpuMask.of(added), { cpus: 2 }))
    await cpus.remove(added)
    await hold([move], { seconds: 0.2, whileMoving: nic.rxQueues.slice(0, 1), by: () => Promise.resolve() })
    await traffic.probe(port, { count: 3 })

    check(move).movedOffline()
    check(move).vectorsGivenBack()
  },
})
