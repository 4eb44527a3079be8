/**
 * The driver is unbound while requests wait, and bound again: the irqs go and others come, often with the same numbers. They
 * must know nothing of the old requests, and start from what the driver writes for them; and they move like any other.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'rebind',
  question: 'Do the irqs of a driver that is bound again start anew, and move when they should?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, devices, driver, hold, traffic, check, random }) {
    for (const queue of nic.rxQueues)
      await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await driver.rebind()

    const moves = []
    for (const queue of nic.rxQueues)
      moves.push(await queue.irq.request(random.maskExcluding(await queue.irq.effective())))
    await hold(moves, { seconds: 0.5, whileMoving: [devices['virtio-serial']] })
    await traffic.discover({ hits: 4 })

    for (const move of moves) {
      check(move).startedAnew()
      check(move).moved()
    }
  },
})
