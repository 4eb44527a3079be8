/** For our own tests: a machine that has every device, and all of them move side by side. */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'every-device',
  question: 'Do all devices of one machine move when and where they should?',
  machine: { devices: ['virtio-serial', 'ttyS1', 'ahci', 'intx', 'virtio-blk'] },
  needs: ['effective_affinity', 'the pending bit'],

  async run({ nic, devices, hold, traffic, check, random }) {
    const targets = [devices['virtio-serial'], devices.ttyS1, devices.ahci, devices.intx]
    const moves = []
    for (const { irq } of targets) moves.push(await irq.request(random.maskExcluding(await irq.effective())))
    await hold(moves, { seconds: 0.5, whileMoving: nic.rxQueues.slice(0, 1) })
    await traffic.probe(targets)
    await traffic.probe(targets, { count: 2 })
    for (const move of moves) check(move).moved()

    const disk = devices['virtio-blk']
    const refused = await disk.irq.request(random.maskExcluding(await disk.irq.effective()))
    await traffic.probe(disk, { count: 5 })
    check(refused).unmoved()

    // The other way round: devices are the living neighbours of a queue.
    const [queue] = nic.rxQueues
    if (queue === undefined) return
    const move = await queue.irq.request(random.maskExcluding(await queue.irq.effective()))
    await hold([move], { seconds: 0.5, whileMoving: targets })
    await traffic.probe(queue)
    await traffic.probe(queue, { count: 2 })
    check(move).moved()
  },
})
