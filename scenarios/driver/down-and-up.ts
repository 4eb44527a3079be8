/**
 * The interface goes down and up while requests wait. virtio-net only stops its polling then (virtnet_close); the irqs stay
 * requested, so the requests must outlive it, and neither the way down nor the way up may fire or move anything.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'down-and-up',
  question: 'Does a pending request outlive an interface that goes down and comes up?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, devices, driver, hold, traffic, check, random }) {
    const moves = []
    for (const queue of nic.rxQueues)
      moves.push(await queue.irq.request(random.maskExcluding(await queue.irq.effective())))

    await hold(moves, {
      seconds: 0.5,
      whileMoving: [devices['virtio-serial']],
      with: async () => {
        await driver.down()
        await driver.up()
      },
    })
    await traffic.probe(nic.rxQueues)
    await traffic.probe(nic.rxQueues, { count: 5 })

    for (const move of moves) check(move).moved()
  },
})
