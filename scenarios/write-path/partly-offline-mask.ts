/**
 * A mask may name CPUs that are offline, as long as one is not: it is kept as it was written, and the irq goes to what is
 * online of it. (virtio-net would write hints of its own when a CPU goes; a port of virtio-serial has none.)
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const GONE = CpuMask.of(3)

export default scenario({
  name: 'partly-offline-mask',
  question: 'Is a mask with an offline CPU kept whole, and does the irq go to an online one of it?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'CPU hotplug'],

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    await cpus.offline(GONE.only())
    for (const as of ['list', 'hex'] as const) {
      const online = random.maskExcluding(await port.irq.effective())
      const move = await port.irq.request(online.union(GONE), { as })
      await hold([move], { seconds: 0.5, whileMoving: nic.rxQueues })
      await traffic.probe(port)
      await traffic.probe(port, { count: 3 })

      check(move).moved()
    }
    await cpus.online(GONE.only())
  },
})
