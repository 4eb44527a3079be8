/**
 * Texts that nobody would write and that name CPUs all the same: blanks, strides, zeroes in front, more after the first line.
 * Each must be taken as these CPUs. `all` and `N` came between 5.10 and 6.1: before, they are refused.
 */
import { scenario } from '../../harness/index.ts'

const LISTS = [
  '1 2',
  ' ,1,, ',
  '01',
  '0-3:1/2',
  '0-3:2/4',
  'all',
  'ALL',
  '0-N',
  'all:1/3',
  '1\n9',
  '1\0x',
  '\n1',
  '2,\n1',
]
const MASKS = ['00000002', ' 4 ', ',2,', 'A', '2\nzz', '2\0zz']

export default scenario({
  name: 'odd-spellings',
  question: 'Is a text that names CPUs in an unusual way taken as just these CPUs?',
  machine: 'plain',
  needs: ['effective_affinity', 'the pending bit'],
  changes: 'affinity masks',

  async run({ nic, traffic, check, random }) {
    const queue = random.pick(nic.rxQueues)
    for (const text of [...LISTS, `${' '.repeat(65_536)}1`, '1,'.repeat(500)])
      check(await queue.irq.write('smp_affinity_list', text)).understood()
    for (const text of MASKS) check(await queue.irq.write('smp_affinity', text)).understood()

    await traffic.probe(queue, { count: 3 })
    check(await queue.irq.write('smp_affinity_list', '2')).understood()
  },
})
