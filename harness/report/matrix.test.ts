import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import type { RunRecord } from '../record/run-record.ts'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import { paletteFor } from './colour.ts'
import { matrixOf } from './matrix.ts'
import { matrixLines } from './matrix-table.ts'
import { campaignLines } from './pretty.ts'

const plain = paletteFor({ isTTY: false })
const colours = paletteFor({ isTTY: true }, {})

const kernel = (release: string, sha256 = release, source = `debian:${release}`) => ({
  release,
  source,
  sha256,
})
const chip = (kind: 'deferred' | 'immediate') => [{ chip: 'PCI-MSI', kind, cleanup: 'ipi' as const }]
const skipped: Partial<RunRecord> = { outcome: 'skip', need: 'no interrupt remapping', verdicts: [] }

function both(release: string, changes: Partial<RunRecord> = {}): readonly RunRecord[] {
  const of = { kernel: kernel(release) }
  return [
    aRecord({ ...of, predictions: chip('deferred'), ...changes }),
    aRecord({ ...of, machine: { name: 'remapped' }, ...skipped }),
    aRecord({ ...of, scenario: 'immediate-move', ...skipped }),
    aRecord({
      ...of,
      scenario: 'immediate-move',
      machine: { name: 'remapped' },
      predictions: chip('immediate'),
    }),
  ]
}

await t.test('a block for each scenario, a row for each kernel, a column for each machine', async (t) => {
  const records = [...both('5.10.0-30-cloud-amd64'), ...both('7.3.4+deb13-cloud-amd64', { outcome: 'fail' })]
  t.same(matrixLines(records, plain), [
    'predicted, seen            plain           remapped',
    'deferred-move',
    '  5.10.0-30-cloud-amd64    deferred  pass  -         skip',
    '  7.3.4+deb13-cloud-amd64  deferred  fail  -         skip',
    'immediate-move',
    '  5.10.0-30-cloud-amd64    -         skip  immediate pass',
    '  7.3.4+deb13-cloud-amd64  -         skip  immediate pass',
  ])
  t.same(
    matrixLines(records, colours).map((line) => stripVTControlCharacters(line)),
    matrixLines(records, plain),
  )
  t.ok(matrixLines(records, colours).join('').includes(colours.outcome.fail('fail')))
  const closing = campaignLines(records, '/r', plain)
  t.same(closing.slice(0, -1), matrixLines(records, plain), 'at the end of a campaign, before the counts')
})

await t.test('no table of one kernel on one machine, however many scenarios and repeats', async (t) => {
  t.same(matrixLines([], plain), [])
  t.same(matrixLines([aRecord(), aRecord(), aRecord({ scenario: 'other' })], plain), [])
  const own = [aRecord(), aRecord({ scenario: 'other', machine: { name: 'remapped' } })]
  t.same(matrixLines(own, plain), [], 'each scenario on the machine that it declares')
  t.equal(matrixLines([aRecord(), aRecord({ kernel: kernel('7.3') })], plain).length, 4)
  t.equal(matrixLines([aRecord(), aRecord({ machine: { name: 'remapped' } })], plain).length, 3)
})

await t.test('repeats are counted, the worst outcome first', async (t) => {
  const records = [
    aRecord(),
    aRecord({ outcome: 'fail' }),
    aRecord(),
    aRecord({ kernel: kernel('7.3') }),
    aRecord({ kernel: kernel('7.3') }),
  ]
  t.match(matrixLines(records, plain).slice(-2), [
    /^ {2}6\.1\S+ {2}deferred {2}1 fail, 2 pass$/,
    /^ {2}7\.3 .* deferred {2}2 pass$/,
  ])
})

await t.test('a declared message of the kernel is marked', async (t) => {
  const messages = [{ pattern: 'failed', line: 'IRQ7: it failed', count: 1, reason: 'known since long' }]
  const other = aRecord({ kernel: kernel('7.3') })
  t.match(matrixLines([aRecord({ outcome: 'known', messages }), other], plain).slice(-2), [
    /deferred {2}known \+message$/,
    /deferred {2}pass$/,
  ])
  const both = [aRecord({ outcome: 'known', messages }), aRecord(), other]
  t.match(matrixLines(both, plain).at(-2), /deferred {2}1 known, 1 pass \+message$/)
})

await t.test('what was predicted: from the record, or from the laws that were asked', async (t) => {
  const predicted = (changes: Partial<RunRecord>) =>
    matrixOf([aRecord(changes)]).cell('deferred-move', '6.1.0-56-cloud-amd64', 'plain')?.predicted
  t.equal(predicted({}), 'deferred')
  t.equal(predicted({ verdicts: [aVerdict({ law: 'at-the-write' })] }), 'immediate')
  t.equal(predicted({ verdicts: [aVerdict({ law: 'replaced' })] }), 'deferred')
  t.equal(predicted({ verdicts: [aVerdict()] }), undefined)
  t.equal(predicted({ predictions: chip('immediate') }), 'immediate', 'the record comes first')
  t.equal(predicted({ predictions: [...chip('immediate'), ...chip('deferred')] }), 'mixed')
  t.equal(matrixOf([aRecord()]).cell('deferred-move', '6.1.0-56-cloud-amd64', 'none'), undefined)
})

await t.test('kernels with one release are told apart by their source', async (t) => {
  const [long, longer] = [`tree:/home/me/${'x'.repeat(80)}/one`, `tree:/home/me/${'x'.repeat(80)}/two`]
  const records = [
    aRecord({ kernel: kernel('6.12.0', 'aa', long) }),
    aRecord({ kernel: kernel('6.12.0', 'bb', longer) }),
    aRecord({ kernel: kernel('6.1') }),
  ]
  t.same(matrixOf(records).kernels, [`6.12.0 (${long})`, `6.12.0 (${longer})`, '6.1'])
  const lines = matrixLines(records, plain)
  t.match(lines[2], /^ {2}6\.12\.0 \(tree:\/home\/m\.\.\.x+\/one\) {2}deferred {2}pass$/)
  t.match(lines[3], /\/two\)/)
  t.match(lines[4], /^ {2}6\.1 /)
})

await t.test('many kernels and machines stay within 80 columns', async (t) => {
  const machines = ['plain', 'remapped', 'x2apic', 'many-queues', 'one-queue']
  const records = Array.from({ length: 12 }, (_, at) => `6.${at}.100+deb13-cloud-amd64`).flatMap((release) =>
    machines.map((name) =>
      aRecord({ kernel: kernel(release), machine: { name }, outcome: name === 'plain' ? 'broken' : 'pass' }),
    ),
  )
  const lines = matrixLines(records, plain)
  t.ok(
    lines.every((line) => line.length <= 80),
    Math.max(...lines.map((line) => line.length)).toString(),
  )
  t.equal(lines.join(' ').match(/pass/g)?.length, 48)
  t.equal(lines.join(' ').match(/broken/g)?.length, 12)
  for (const name of machines) t.match(lines.join('\n'), new RegExp(`^predicted, seen.* ${name}\\b`, 'm'))
})
