/**
 * Files that nobody can write, an irq that is not there, an irq that user space may not move, and the default for irqs to
 * come: each refuses with an errno of its own, whatever is written.
 */
import { scenario } from '../../harness/index.ts'

const READ_ONLY = [
  'effective_affinity',
  'effective_affinity_list',
  'affinity_hint',
  'node',
  'spurious',
] as const

export default scenario({
  name: 'wrong-file',
  question:
    'Does each file that takes no affinity refuse one with the right errno, and is nothing changed by it?',
  machine: 'plain',
  needs: ['effective_affinity', 'a timer irq'],

  async run({ nic, timer, check, random }) {
    const { irq } = random.pick(nic.rxQueues)
    for (const file of READ_ONLY) check(await irq.write(file, '1')).understood()
    check(await irq.write('smp_affinity_list of no irq', '1')).understood()
    for (const text of ['1', '0', 'zz']) {
      check(await timer().irq.write('smp_affinity', text)).understood()
      check(await timer().irq.write('smp_affinity_list', text)).understood()
    }
    for (const text of ['0', '\n', 'zz', '000000001', '1,00000001,00000001,00000001'])
      check(await irq.write('default_smp_affinity', text)).understood()
  },
})
