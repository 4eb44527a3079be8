/**
 * A CPU is plugged into the running guest. It has vectors of its own from then on, and an irq moves to it as to any other;
 * a mask with it and the place that is still empty takes the irq to it, for nobody else is there.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

export default scenario({
  name: 'added-cpu',
  question: 'Does an irq move to a CPU that was plugged in while the guest ran?',
  machine: { name: 'hotpluggable', devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug', 'places for more CPUs'],

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    const added = CpuMask.of(await cpus.add())
    const empty = cpus.possible.minus(added)
    for (const mask of [added, random.maskOf(empty.intersect(CpuMask.of(0, 1))), added]) {
      const move = await port.irq.request(mask)
      await hold([move], { seconds: 0.3, whileMoving: nic.rxQueues })
      await traffic.probe(port)
      await traffic.probe(port, { count: 3 })

      check(move).moved()
    }
  },
})
