/**
 * When a CPU comes back, virtio-net deals its queues out anew (virtnet_cpu_online): whatever the user asked for in the meantime
 * is lost, and the new masks wait for the next interrupt of each queue.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const GONE = 3

export default scenario({
  name: 'hints-when-a-cpu-returns',
  question:
    "Do the driver's own masks, written when a CPU comes back, replace what was pending, and wait like it?",
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug'],

  async run({ nic, devices, cpus, driver, hold, traffic, check, random }) {
    const gone = CpuMask.of(GONE)
    const hints = driver.hints(CpuMask.of(0, 1, 2, 3), nic.rxQueues.length)
    await cpus.offline(GONE)
    const users = []
    for (const [at, queue] of nic.rxQueues.entries()) {
      const taken = gone.union(hints[at] ?? gone)
      await queue.irq.request(random.maskExcluding(taken))
      await traffic.probe(queue)
      await traffic.probe(queue, { count: 2 })
      users.push(await queue.irq.request(random.maskExcluding(taken.union(await queue.irq.effective()))))
    }

    const moves = await driver.writes(hints, () => cpus.online(GONE))
    await hold(moves, { seconds: 0.5, whileMoving: [devices['virtio-serial']] })
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 3 })

    for (const move of users) check(move).replaced()
    for (const move of moves) check(move).moved()
  },
})
