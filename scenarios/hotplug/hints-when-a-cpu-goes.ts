/**
 * virtio-net writes an affinity of its own to each of its queues when a CPU has gone (virtnet_cpu_dead), by the CPUs that are
 * left. What the user asked for is lost by that, but the driver's write is a request like any other: it waits for the
 * next interrupt of each queue.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const GONE = CpuMask.of(3)

export default scenario({
  name: 'hints-when-a-cpu-goes',
  question: "Do the driver's own masks, written when a CPU goes, replace what was pending, and wait like it?",
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug'],

  async run({ nic, devices, cpus, driver, hold, traffic, check, random }) {
    const hints = driver.hints(CpuMask.of(0, 1, 2), nic.rxQueues.length)
    const users = []
    for (const [at, queue] of nic.rxQueues.entries()) {
      const taken = GONE.union(hints[at] ?? GONE)
      await queue.irq.request(random.maskExcluding(taken))
      await traffic.probe(queue)
      await traffic.probe(queue, { count: 2 })
      users.push(await queue.irq.request(random.maskExcluding(taken.union(await queue.irq.effective()))))
    }

    const moves = await driver.writes(hints, () => cpus.offline(GONE.only()))
    await hold(moves, { seconds: 0.5, whileMoving: [devices['virtio-serial']] })
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 3 })

    for (const move of users) check(move).replaced()
    for (const move of moves) check(move).moved()
  },
})
