/**
 * virtio-serial is the exact gate: no driver ever writes a hint for it, and one byte from the host is one interrupt. So
 * every interrupt of the irq is ours, and what is pending on it is what we wrote.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'exact-gate',
  question: 'Does the irq of a virtio-serial port move when and where it should, byte by byte?',
  machine: { devices: ['virtio-serial'] },
  needs: ['effective_affinity', 'the pending bit'],
  changes: 'affinity masks',

  async run({ nic, devices, hold, traffic, check, random }) {
    const port = devices['virtio-serial']
    for (const as of ['list', 'hex'] as const) {
      const move = await port.irq.request(random.maskExcluding(await port.irq.effective()), { as })
      await hold([move], { seconds: 0.5, whileMoving: nic.rxQueues })
      await traffic.probe(port)
      await traffic.probe(port, { count: 5 })

      check(move).moved()
    }
  },
})
