/**
 * Some irqs are not to be moved by user space: managed ones, and those that must not be balanced, as the timer's. Up to 6.11 a
 * write to such a file ended with EIO, as if a device had failed; since 6.12 with EPERM (eb29369fa543, kernel/irq/proc.c:
 * write_irq_affinity).
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'eio-eperm',
  question:
    'Is a write to an irq that may not be moved refused as not permitted, and not as an error of a device?',
  machine: 'plain',
  needs: ['effective_affinity', 'a timer irq'],
  settle: false,
  bracket: { violated: 'debian:6.1', held: 'debian:6.12' },
  known: [{ law: 'forbidden', before: '6.12', reason: 'EIO up to 6.11, EPERM since eb29369fa543 (6.12)' }],

  async run({ timer, check, random }) {
    const { irq } = timer()
    for (const as of ['list', 'hex'] as const) {
      const move = await irq.request(random.maskExcluding(await irq.effective()), { as })

      check(move).forbidden()
    }
  },
})
