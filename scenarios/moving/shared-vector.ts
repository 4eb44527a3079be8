/**
 * With two vectors virtio-net has one for its config, and all its queues share the other (virtio_pci_common.c:vp_find_vqs).
 * At probe the hints of all queues are written to that one irq. A datagram to any queue fires it, and it moves as a whole.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'shared-vector',
  question: 'Does an irq that all queues share move in an interrupt of any of them?',
  machine: { nic: { queuePairs: 4, vectors: 2 }, devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit', 'one irq for all queues'],
  changes: 'affinity masks',

  async run({ nic, devices, hold, traffic, check, random }) {
    const [shared] = nic.rxQueues
    if (shared === undefined) return
    for (const cpus of [1, 2]) {
      const move = await shared.irq.request(random.maskExcluding(await shared.irq.effective(), { cpus }))
      await hold([move], { seconds: 0.5, whileMoving: [devices['virtio-serial']] })
      await traffic.probe(shared)
      await traffic.probe(shared, { count: 12 })

      check(move).moved()
    }
  },
})
