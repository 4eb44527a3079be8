/**
 * The MSI of an AHCI controller has no mask bit, and its address and data are written one after the other: a message sent in
 * between has the new CPU and the old vector. So the new vector must be set on the old CPU first. Since 5.17 it is not.
 * See docs/reports/inverted-nomask-test.md.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const LAPS = 2

export default scenario({
  name: 'message-of-a-non-maskable-msi',
  question:
    'Does an MSI that cannot be masked get its new vector on the old CPU before it goes to the new one?',
  machine: { devices: ['ahci'] },
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],
  changes: 'affinity masks',
  known: [
    {
      law: 'message-by-way',
      from: '5.17',
      reason:
        'never active since ef8dd01538ea, and msi_set_affinity tests !irqd_can_reserve since b56ebe7c896d; docs/patches/0002 cures it',
    },
  ],

  async run({ devices, nic, traffic, check }) {
    // More vectors in use on one CPU than on the next: so the numbers differ when the irq moves.
    for (const queue of nic.rxQueues) {
      await queue.irq.request(CpuMask.of(2))
      await traffic.probe(queue)
      await traffic.probe(queue, { count: 2 })
    }
    for (let hop = 1; hop <= 4 * LAPS; hop++) {
      const here = (await devices.ahci.irq.effective()).only()
      const move = await devices.ahci.irq.request(CpuMask.of((here + 1) % 4))
      await traffic.probe(devices.ahci)
      await traffic.probe(devices.ahci, { count: 2 })
      if (hop === 4 * LAPS) check(move).messages({ maskable: false })
    }
  },
})
