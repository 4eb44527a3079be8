/**
 * As LTP asks (testcases/kernel/irq/irqbalance01.c): somebody balances the irqs; then there must be one that was counted on a
 * CPU which its mask denies now. It looks once, and sends nothing. We write where irqbalance would.
 */
import { scenario } from '../../index.ts'

export default scenario({
  name: 'ltp-irqbalance01',
  question: 'Is there an irq that was counted on a CPU which its mask now denies?',
  machine: 'plain',
  needs: ['effective_affinity'],

  async run({ nic, random, sh }) {
    for (const { irq } of nic.rxQueues) await irq.request(random.maskExcluding(await irq.effective()))
    for (const { irq } of nic.rxQueues) {
      const [row = '', mask = ''] = (
        await sh(`grep '^ *${irq.number}:' /proc/interrupts; cat /proc/irq/${irq.number}/smp_affinity`)
      ).split('\n')
      const counts = row.trim().split(/\s+/).slice(1, 5).map(Number)
      const allowed = Number.parseInt(mask, 16)
      // Evidence of change, in LTP's words.
      if (counts.some((count, cpu) => count > 0 && (allowed & (1 << cpu)) === 0)) return
    }
    throw new Error('a peer says no: no irq was counted on a CPU that its mask denies')
  },
})
