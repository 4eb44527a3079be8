/**
 * A request waits for the next interrupt, and a CPU that has no part in it goes offline. The kernel looks at every irq then
 * (kernel/irq/cpuhotplug.c:migrate_one_irq), and must leave this one and its request as they are.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const GONE = 3

export default scenario({
  name: 'another-cpu-goes-offline',
  question: 'Does a pending request outlive a CPU that it has nothing to do with?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug'],

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    const here = await port.irq.effective()
    const move = await port.irq.request(random.maskExcluding(here.union(CpuMask.of(GONE))))

    await hold([move], {
      seconds: 0.5,
      whileMoving: nic.rxQueues.slice(0, 2),
      with: () => cpus.offline(GONE),
    })
    await traffic.probe(port)
    await cpus.online(GONE)
    await traffic.probe(port, { count: 3 })

    check(move).moved()
  },
})
