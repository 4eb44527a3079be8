/**
 * A request waits for the next interrupt, and the CPU that would take it goes offline first. The kernel must move the irq
 * away in any case, and must do it by the request: nobody would make it afterwards. (virtio-net would write hints of its
 * own when a CPU goes; a port of virtio-serial has none.)
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const OLD = 3
const ROUNDS = 2

export default scenario({
  name: 'request-meets-offline',
  question: 'Is a pending request made when the CPU that the irq is on goes offline?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping', 'CPU hotplug'],

  async run({ nic, devices, cpus, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    for (let round = 1; round <= ROUNDS; round++) {
      await port.irq.request(CpuMask.of(OLD))
      await traffic.probe(port)
      await traffic.probe(port, { count: 3 })

      const move = await port.irq.request(random.maskExcluding(CpuMask.of(OLD), { cpus: round }))
      await cpus.offline(OLD)
      // Nobody has to move meanwhile: that CPU 3 went is all that may happen.
      await hold([move], { seconds: 0.2, whileMoving: nic.rxQueues.slice(0, 1), by: () => Promise.resolve() })
      await traffic.probe(port, { count: 3 })
      await cpus.online(OLD)

      check(move).movedOffline()
    }
  },
})
