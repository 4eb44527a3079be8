/** Does the page show what betrayed each mutant, what did not, and which proofs there are? */
import t from 'tap'
import type { Entry } from './ledger.ts'
import type { Mutant } from './mutant.ts'
import { mutantsPage, type Row, summary } from './table.ts'

const mutant: Mutant = {
  name: 'unmask-lost',
  subject: 'genirq: it stays masked | or so',
  class: 'a missing unmask',
  betrayedBy: ['delivered', 'settled'],
  files: ['kernel/irq/migration.c'],
  text: '',
}
const entry: Entry = {
  name: 'unmask-lost',
  key: '0',
  fate: 'caught',
  laws: [
    { law: 'delivered', scenarios: ['deferred-move', 'quiet-queue'], verdicts: 4, sentence: 'lost' },
    { law: 'held', scenarios: ['quiet-queue'], verdicts: 1, sentence: 'no' },
  ],
  runs: [],
  peers: { 'ltp-irqbalance01': 'let through' },
  seconds: 40,
  judgedAt: '2026-11-22T16:00:00.000Z',
}
const caught: Row = { mutant, entry }
const equivalent: Row = {
  mutant: { ...mutant, name: 'mask-kept', betrayedBy: [], proof: 'nobody\nreads it' },
  entry: { ...entry, name: 'mask-kept', fate: 'equivalent', laws: [], judgedAt: '2026-11-21T16:00:00.000Z' },
}
const kernel = { source: 'debian-source:6.12', release: '6.12.117-irqlab', sha256: 'ab' }

await t.test('the page', async (t) => {
  const page = mutantsPage(kernel, [caught, equivalent])
  t.match(page, /^# Mutants\n/)
  t.match(
    page,
    '2 mutants: 1 caught, 1 equivalent. On debian-source:6.12, Linux 6.12.117-irqlab, on 2026-11-22.',
  )
  const [table = ''] = page.split('## How others ask')
  const rows = table.split('\n').filter((line) => line.startsWith('| `'))
  t.same(
    rows.map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim())),
    [
      [
        '',
        '`unmask-lost`',
        'genirq: it stays masked \\| or so',
        '`delivered` `held` _settled_',
        '`deferred-move` `quiet-queue`',
        'caught',
        '',
      ],
      ['', '`mask-kept`', 'genirq: it stays masked \\| or so', '', '', 'equivalent', ''],
    ],
  )
  t.match(page, '`mask-kept`: nobody reads it')
  t.notMatch(mutantsPage(kernel, [caught]), 'Equivalent, and why')
})

await t.test('what others let through is told beside what we caught, of what is broken at all', async (t) => {
  const noticed: Row = {
    mutant,
    entry: { ...entry, fate: 'survived', laws: [], peers: { 'ltp-irqbalance01': 'noticed' } },
  }
  const page = mutantsPage(kernel, [caught, noticed, equivalent])
  const section = page.slice(page.indexOf('## How others ask'))
  t.match(section, /^\| of 2 broken kernels +\| noticed \| let through \| no answer \|$/m)
  t.match(section, /^\| `ltp-irqbalance01` +\| 1 +\| 1 +\| 0 +\|$/m)
  t.match(section, /^\| irqlab +\| 1 +\| 1 +\| 0 +\|$/m)
})

await t.test('a scenario that alone catches some mutant is told', async (t) => {
  const alone: Row = {
    mutant,
    entry: {
      ...entry,
      name: 'quiet-only',
      laws: [
        { law: 'held', scenarios: ['quiet-queue'], verdicts: 1, sentence: 'no' },
        { law: 'once', scenarios: ['quiet-queue'], verdicts: 1, sentence: 'no' },
      ],
    },
  }
  t.match(mutantsPage(kernel, [caught, alone]), /^\| `quiet-queue` +\| `quiet-only` +\|$/m)
  t.notMatch(mutantsPage(kernel, [caught]), 'by one scenario alone')
})

await t.test('the summary counts fates', async (t) => {
  t.equal(summary([caught, caught, equivalent]), '3 mutants: 2 caught, 1 equivalent.')
})
