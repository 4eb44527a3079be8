/**
 * `ethtool -L combined 2`: virtio-net uses two of its four queue pairs and deals the CPUs out to these two
 * (virtnet_set_channels); back to four, to all of them. What was asked for before is lost by that, but each of the driver's
 * masks is a request like any other, and waits for the next interrupt.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const ALL = CpuMask.of(0, 1, 2, 3)

export default scenario({
  name: 'fewer-channels',
  question: 'When the number of channels is set, do the masks of the driver wait for the next interrupt?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping', 'several rx queues'],

  async run({ nic, devices, driver, hold, traffic, check }) {
    const users = []
    for (const pairs of [2, 4]) {
      const queues = nic.rxQueues.slice(0, pairs)
      // Each away from where the driver will want it, with two pairs and with four.
      const placed = pairs === 2 ? nic.rxQueues : nic.rxQueues.slice(0, 2)
      for (const [at, queue] of placed.entries()) await queue.irq.request(CpuMask.of((at + 3) % 4))
      await traffic.probe(placed)
      await traffic.probe(placed, { count: 2 })
      for (const [at, queue] of placed.entries())
        users.push(await queue.irq.request(CpuMask.of((at + 1) % 4)))

      const moves = await driver.writes(driver.hints(ALL, pairs), () => driver.channels(pairs))
      await hold(moves, { seconds: 0.5, whileMoving: [devices['virtio-serial']] })
      await traffic.discover({ hits: 4, queues })

      for (const move of moves) check(move).moved()
    }
    for (const move of users) check(move).replaced()
  },
})
