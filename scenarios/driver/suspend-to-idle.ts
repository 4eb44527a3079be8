/**
 * The system is suspended to idle while requests wait. virtio-net gives its irqs back for that (virtnet_freeze) and gets others;
 * ttyS1 keeps its irq to wake the system by it, and there the request must outlive the sleep: the interrupt that
 * wakes the system is raised again by the kernel when the irq is enabled, and makes the move.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'suspend-to-idle',
  question: 'Does a pending request outlive suspend to idle, and do new irqs start anew after it?',
  machine: { devices: ['ttyS1'] },
  needs: ['effective_affinity', 'the pending bit', 'suspend to idle'],

  async run({ nic, devices, driver, hold, traffic, check, random }) {
    const line = devices.ttyS1
    for (const queue of nic.rxQueues)
      await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    const move = await line.irq.request(random.maskExcluding(await line.irq.effective()))
    await hold([move], { seconds: 0.2, whileMoving: nic.rxQueues.slice(0, 1) })

    await driver.sleep({ wokenBy: line })
    await traffic.probe(line, { count: 3 })
    check(move).moved()

    const first = []
    for (const queue of nic.rxQueues) {
      first.push(await queue.irq.request(random.maskExcluding(await queue.irq.effective())))
    }
    await traffic.discover({ hits: 2 })
    for (const next of first) check(next).startedAnew()
  },
})
