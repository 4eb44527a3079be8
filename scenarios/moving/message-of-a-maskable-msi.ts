/**
 * An MSI-X entry is masked while it is moved, so one write of its message is enough. Since b56ebe7c896d the kernel writes it
 * twice: the test for an MSI that cannot be masked has the wrong sign. See docs/reports/inverted-nomask-test.md.
 */
import { CpuMask, scenario } from '../../harness/index.ts'

const LAPS = 2

export default scenario({
  name: 'message-of-a-maskable-msi',
  question: 'Is the message of an MSI that can be masked written once for each move?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],
  changes: 'affinity masks',
  known: [
    {
      law: 'message-once',
      from: '6.7',
      reason: 'msi_set_affinity tests !irqd_can_reserve (b56ebe7c896d); docs/patches/0002 cures it',
    },
    {
      law: 'message-once',
      from: '6.1.66',
      before: '6.2',
      reason: 'msi_set_affinity tests !irqd_can_reserve (b56ebe7c896d in 6.1.y); docs/patches/0002 cures it',
    },
  ],

  async run({ nic, traffic, check }) {
    const queue = nic.rxQueues[0]
    if (queue === undefined) return
    for (let hop = 1; hop <= 4 * LAPS; hop++) {
      const here = (await queue.irq.effective()).only()
      const move = await queue.irq.request(CpuMask.of((here + 1) % 4))
      await traffic.probe(queue)
      await traffic.probe(queue, { count: 2 })
      if (hop === 4 * LAPS) check(move).messages({ maskable: true })
    }
  },
})
