/**
 * The interface is down and a frame comes: the buffers are still there and the irq is still requested, so the device fires
 * it, once (nobody polls the queue and arms it again). That one interrupt must make the move. The frame itself is received
 * when the interface is up.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'frame-while-down',
  question: 'Does the interrupt of a frame that comes while the interface is down make the move?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, devices, driver, hold, traffic, check, random }) {
    const moves = []
    for (const queue of nic.rxQueues)
      moves.push(await queue.irq.request(random.maskExcluding(await queue.irq.effective())))

    await hold(moves, { seconds: 0.2, whileMoving: [devices['virtio-serial']], with: () => driver.down() })
    await traffic.probe(nic.rxQueues, { until: 'counted' })
    await driver.up()
    await traffic.probe(nic.rxQueues, { count: 5 })

    for (const move of moves) check(move).moved()
  },
})
