/**
 * A request is pending, the irq loses its handler (the tty is closed), and another mask is written meanwhile: that one is
 * taken at once. With the next handler the older request must not come back, but nothing clears its pending bit: see
 * docs/reports/stale-pending-mask.md.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'pending-dies-with-the-action',
  question:
    'Is a request that waits for an interrupt replaced by a later one that is made while there is no handler?',
  machine: { devices: ['ttyS1'] },
  needs: ['effective_affinity', 'the pending bit', 'no interrupt remapping'],
  known: (['last-word', 'reads-back', 'eventually-moved'] as const).map((law) => ({
    law,
    from: '5.8',
    reason:
      'irq_set_affinity_deactivated stores the mask and leaves IRQD_SETAFFINITY_PENDING set (baedb87d1b53); docs/patches/0001 cures it',
  })),

  async run({ devices, handler, traffic, check, random }) {
    const line = devices.ttyS1
    const here = await line.irq.effective()
    const older = random.maskExcluding(here)
    const newer = random.maskExcluding(here.union(older))
    await line.irq.request(older)
    await handler(line).close()
    const move = await line.irq.request(newer)
    await handler(line).open()
    await traffic.probe(line, { count: 3 })

    check(move).lastWord()
  },
})
