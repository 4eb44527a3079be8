import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import { OUTCOMES } from '../record/run-record.ts'
import { paletteFor } from './colour.ts'
import { lawTable } from './law-table.ts'
import { campaignLines, runLines } from './pretty.ts'

const plain = paletteFor({ isTTY: false })
const colours = paletteFor({ isTTY: true }, { TERM: 'xterm' })
const lines = (changes: Parameters<typeof aRecord>[0], shownMs = 14_900) =>
  runLines(aRecord(changes), plain, shownMs)

await t.test('a passed run is a line and its table', async (t) => {
  t.same(lines({}), [
    '✓ pass    deferred-move  plain  6.1.0-56-cloud-amd64  (14.9 s, ready after 3.3 s, tcg)',
    '            input.0',
    '  accepted  ✓',
    '  held      ✓',
  ])
  const kernel = { release: '6.6.0', source: 'out/bzImage', sha256: '' }
  t.match(lines({ kernel })[0], / 6\.6\.0 .*, tcg, out\/bzImage\)$/)
  const started = (start: 'cold' | 'warm') => lines({ guest: { flavour: 'micro', sha256: '', start } })[0]
  t.match(started('cold'), /, booted in 3\.3 s, tcg\)$/)
  t.match(started('warm'), /, restored in 3\.3 s, tcg\)$/)
  t.match(lines({ attempts: 2 })[0], /, tcg, attempt 2\)$/)
  t.match(lines({ timings: { startedAt: '', totalMs: 1 } })[0], /\(14\.9 s, tcg\)$/, 'it was never ready')
})

await t.test('whatever is not a pass says why', async (t) => {
  for (const outcome of OUTCOMES) {
    const [head, reason] = lines({ outcome, reason: 'because', verdicts: [] })
    t.ok(head?.includes(` ${outcome} `), outcome)
    if (outcome !== 'pass') t.equal(reason, '  because')
  }
  const broken = lines({
    outcome: 'broken',
    stage: 'boot.ssh',
    reason: 'no answer',
    hint: 'wait longer',
    console: ['last words'],
    verdicts: [],
  })
  t.same(broken.slice(1), [
    '  boot.ssh: no answer',
    '  hint: wait longer',
    '  last lines of the console:',
    '  | last words',
  ])
  t.match(
    lines({ outcome: 'broken', console: [] }),
    ['', '', '  the console is empty'].map((x) => new RegExp(x)),
  )
  t.notMatch(lines({ outcome: 'broken' }).join('\n'), /console/, 'not read is not empty')
})

await t.test('what the kernel said as declared is told once', async (t) => {
  const message = { pattern: 'failed', line: 'IRQ7: it failed(-28).', count: 3, reason: 'known since long' }
  const known = (reason: string) =>
    lines({ outcome: 'known', reason, messages: [message], verdicts: [] }).slice(1)
  t.same(known('it died'), [
    '  it died',
    '  also the kernel says, as declared, 3 times: IRQ7: it failed(-28).',
  ])
  t.same(known('the kernel says: IRQ7: it failed(-28). (known since long)').length, 1)
})

await t.test('every violated law is named: the first is the reason, the others follow', async (t) => {
  const verdicts = [
    aVerdict({ law: 'held', state: 'violated', sentence: 'it moved' }),
    aVerdict({ law: 'once', state: 'violated', queue: 'input.2', irq: 32, sentence: 'twice' }),
    aVerdict({ law: 'once', state: 'unproven', sentence: 'who knows' }),
  ]
  const told = lines({ outcome: 'fail', reason: 'held violated', verdicts })
  t.match(told[2], /^ {2}also once violated on input\.2 \(irq 32\): twice$/)
  t.equal(told.filter((line) => line.includes('also')).length, 1)
})

await t.test('the table has a row for each law and a sign for each time it was asked', async (t) => {
  const verdicts = [
    aVerdict(),
    aVerdict({ queue: 'input.10', state: 'violated' }),
    aVerdict({ queue: 'input.2', law: 'settled' }),
    aVerdict({ queue: 'input.2', law: 'settled', state: 'unproven' }),
    aVerdict({ queue: 'input.2' }),
  ]
  t.same(lawTable(verdicts, plain), [
    '            input.0  input.2  input.10',
    '  accepted  ✓        ✓        ✗',
    '  settled            ✓?',
  ])
  t.same(lawTable([], plain), [])
})

await t.test('what always holds is one row, unless some of it did not', async (t) => {
  const always = (['traced', 'alive'] as const).flatMap((law) =>
    ['input.0', 'input.1'].map((queue) => aVerdict({ law, queue, move: 0 })),
  )
  t.same(lawTable([aVerdict(), ...always], plain), [
    '                   input.0  input.1',
    '  accepted         ✓',
    '  always (2 laws)  ✓        ✓',
  ])
  const dead = aVerdict({ law: 'alive', queue: 'input.1', move: 0, state: 'violated' })
  t.same(lawTable([...always.slice(0, 3), dead], plain), [
    '          input.0  input.1',
    '  traced  ✓        ✓',
    '  alive   ✓        ✗',
  ])
})

await t.test('a table of many queues goes on below, within 80 columns', async (t) => {
  const queues = Array.from({ length: 20 }, (_, at) => `input.${at}`)
  const table = lawTable(
    queues.map((queue) => aVerdict({ queue })),
    plain,
  )
  t.equal(table.length, 8, 'four tables of one law')
  t.ok(table.every((line) => line.length <= 80))
  t.equal(table.join('').match(/✓/g)?.length, 20)
  t.same(table.join(' ').match(/input\.\d+/g), queues)
  const long = queues.slice(0, 2).flatMap((queue) => Array.from({ length: 90 }, () => aVerdict({ queue })))
  t.equal(lawTable(long, plain).length, 4, 'a column that never fits stands alone')
})

await t.test('on a terminal sentences are broken between words', async (t) => {
  const record = aRecord({ outcome: 'broken', reason: 'one two three four five six', verdicts: [] })
  t.same(runLines(record, plain, 1, { width: 20 }).slice(-2), ['  one two three four', '    five six'])
  t.same(runLines({ ...record, reason: 'one\ntwo' }, plain, 1, { width: 20 }).slice(-2), ['  one', 'two'])
})

await t.test('the first line stays within the terminal', async (t) => {
  const heads = (width: number, changes: Parameters<typeof aRecord>[0] = {}) =>
    runLines(aRecord({ verdicts: [], ...changes }), plain, 14_900, { width })
  const full = '✓ pass    deferred-move  plain  6.1.0-56-cloud-amd64  (14.9 s, ready after 3.3 s, tcg)'
  t.same(heads(86), [full])
  t.equal(full.length, 86)
  t.same(heads(85), ['✓ pass    deferred-move  plain  6.1.0-56-cloud-amd64  (14.9 s, tcg)'])
  t.same(heads(66), ['✓ pass    deferred-move  plain  6.1.0-56-cloud-amd64  (14.9 s)'])
  t.same(heads(60), [
    '✓ pass    deferred-move  plain  6.1.0-56-cloud-amd64',
    '    (14.9 s, ready after 3.3 s, tcg)',
  ])
  const local = { release: '6.6.0', source: 'a/path/out/bzImage', sha256: '' }
  t.match(
    heads(70, { kernel: local })[0],
    / 6\.6\.0 {2}\(14\.9 s, a\/path\/out\/bzImage\)$/,
    'which one it is stays',
  )
  for (const width of [20, 40, 60, 80]) {
    const lines = heads(width, {
      scenario: 'first-write-after-probe',
      machine: { name: 'remapped' },
      attempts: 2,
    })
    t.ok(
      lines.every((line) => line.length <= Math.max(width, 23 + 4)),
      lines.join('|'),
    )
    t.match(
      lines.join(' ').replaceAll(/ +/g, ' '),
      /pass first-write-after-probe remapped 6\.1\S+ \(14\.9 s,.* attempt 2\)$/,
    )
  }
})

await t.test('of many runs one that passed is a line, any other has its table', async (t) => {
  t.equal(runLines(aRecord(), plain, 1, { detail: 'brief' }).length, 1)
  t.equal(runLines(aRecord({ outcome: 'broken' }), plain, 1, { detail: 'brief' }).length, 5)
})

await t.test('colour adds nothing but colour', async (t) => {
  const record = aRecord({ outcome: 'fail', stage: 'kernel', console: ['x'] })
  t.same(
    runLines(record, colours, 5).map((line) => stripVTControlCharacters(line)),
    runLines(record, plain, 5),
  )
  t.notSame(runLines(record, colours, 5), runLines(record, plain, 5))
})

await t.test('the last line counts outcomes, best first, and says where the evidence is', async (t) => {
  const records = [
    aRecord({ outcome: 'fail' }),
    aRecord(),
    aRecord({ outcome: 'skip', verdicts: [] }),
    aRecord(),
    aRecord({ outcome: 'broken', verdicts: [] }),
  ]
  t.same(campaignLines(records, '/r/c', plain), [
    '2 pass, 1 skip, 1 broken, 1 fail; 6 verdicts; evidence in /r/c',
  ])
  t.same(campaignLines([], '/r/c', plain), ['no runs; 0 verdicts; evidence in /r/c'])
})
