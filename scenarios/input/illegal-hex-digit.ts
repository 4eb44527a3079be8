/**
 * The parser of masks reads eight digits from the end and then looks whether a ninth comes. Any other character in that place
 * it steps over: `z00000002` is taken as 2 (lib/bitmap.c:bitmap_get_x32_reverse), though illegal characters are to end with
 * EINVAL.
 */
import { scenario } from '../../harness/index.ts'

export default scenario({
  name: 'illegal-hex-digit',
  question: 'Is an illegal character refused wherever it stands in a mask?',
  machine: 'plain',
  needs: ['effective_affinity'],
  known: [
    {
      law: 'understood',
      from: '5.10',
      reason: 'bitmap_get_x32_reverse steps over a character before eight digits that is none',
    },
  ],

  async run({ nic, check, random }) {
    const { irq } = random.pick(nic.rxQueues)
    for (const text of ['z00000002', '-00000002', '0x00000002'])
      check(await irq.write('smp_affinity', text)).understood()
  },
})
