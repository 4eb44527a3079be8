import t from 'tap'
import type { RunRecord } from '../record/run-record.ts'
import { aRecord } from '../record/record-fixture.ts'
import { kernelsPage } from './kernels-page.ts'

const kernel = (release: string, changes: Partial<RunRecord['kernel']> = {}) => ({
  kernel: { release, source: 'debian:x', sha256: `${release}${'0'.repeat(64)}`, ...changes },
})
const records = [
  aRecord({
    ...kernel('7.3.4', { packageVersion: '7.3.4-1', suites: ['trixie-backports', 'sid'] }),
    predictions: [{ chip: 'PCI-MSIX-0000:00:02.0', kind: 'deferred', cleanup: 'timer' }],
  }),
  aRecord({
    ...kernel('6.1.0', { packageVersion: '6.1.9-1' }),
    predictions: [{ chip: 'PCI-MSI', kind: 'deferred', cleanup: 'ipi' }],
    timings: { startedAt: '2026-11-23T00:00:00.000Z', totalMs: 1 },
    attempts: 2,
  }),
  aRecord({
    ...kernel('6.1.0', { packageVersion: '6.1.9-1' }),
    machine: { name: 'remapped' },
    outcome: 'skip',
    need: 'no interrupt remapping',
    verdicts: [],
  }),
  aRecord({
    ...kernel('6.1.0', { packageVersion: '6.1.9-1' }),
    machine: { name: 'remapped' },
    scenario: 'immediate|move',
    outcome: 'fail',
    stage: 'kernel',
    reason: 'BUG:\nit fell',
    predictions: [{ chip: 'IR-PCI-MSI', kind: 'immediate', cleanup: 'ipi' }],
  }),
]

await t.test('all of the page comes from the records', async (t) => {
  const page = kernelsPage(records, 'make me')
  const lines = new Set(page.split('\n').map((line) => line.replaceAll(/ +/g, ' ')))
  for (const wanted of [
    '<!-- Made by `make me` from records. Do not edit: run it again. -->',
    '4 runs of 2026-11-22 to 2026-11-23: 2 scenarios on 2 kernels and 2 machines (plain, remapped).',
    '- QEMU: QEMU emulator version 7.2.22, with tcg',
    '| `6.1.0` | 6.1.9-1 | - | 6.1.00000000 | ipi | `IR-PCI-MSI`, `PCI-MSI` |',
    '| `7.3.4` | 7.3.4-1 | trixie-backports, sid | 7.3.40000000 | timer | `PCI-MSIX-DEVICE` |',
    '| scenario | machine | predicted | 6.1.0 | 7.3.4 |',
    '| deferred-move | plain | deferred | pass | pass |',
    '| deferred-move | remapped | - | skip | - |',
    '| immediate\\|move | remapped | immediate | **fail** | - |',
    '- `immediate|move`: **fail** on remapped: kernel: BUG: it fell',
    '- `deferred-move` on 6.1.0, plain: 2 attempts',
    '- no interrupt remapping: `deferred-move` on remapped',
  ])
    t.ok(lines.has(wanted), wanted)
  t.ok(page.indexOf('`6.1.0`') < page.indexOf('`7.3.4`'), 'oldest first, whatever was run first')
})

await t.test('what did not hold on every kernel that was asked names those on which', async (t) => {
  const failed = aRecord({ ...kernel('6.1.0'), outcome: 'fail', reason: 'it fell' })
  const page = kernelsPage([failed, aRecord(kernel('7.3.4')), aRecord(kernel('6.12.0'))], 'x')
  t.match(page, /^- `deferred-move`: \*\*fail\*\* on plain with 6\.1\.0: it fell$/m)
})

await t.test('a message that was declared is on the page', async (t) => {
  const messages = [{ pattern: 'failed', line: 'IRQ7: it failed', count: 3, reason: 'known since long' }]
  const page = kernelsPage([aRecord({ outcome: 'known', reason: 'it died', messages })], 'x')
  t.match(page, /\| \*\*known\*\*, with a declared message \|/)
  t.match(page, /\*\*known\*\* on plain: it died; as declared it says \(3 times\): IRQ7: it failed$/m)
})

await t.test(
  'a machine of many scenarios has a table of its own, and skips are told by their need',
  async (t) => {
    const many = [1, 2, 3, 4, 5, 6].map((number) =>
      aRecord({ scenario: `s${number}`, outcome: 'skip', need: 'a moon', verdicts: [] }),
    )
    const page = kernelsPage([...many, aRecord({ scenario: 's1', machine: { name: 'other' } })], 'x')
    t.match(page, /## plain\n\n`\{\}`\n\n\| scenario \| predicted \| 6\.1\.0-56 \|/)
    t.match(page, /\| s1 +\| other +\| deferred +\| pass/)
    t.match(page, /^- a moon: `s1`, `s2`, `s3`, `s4`, `s5`, `s6` on plain$/m)
  },
)

await t.test('repeats are counted, and a page without trouble says so', async (t) => {
  const fine = kernelsPage([aRecord(), aRecord()], 'x')
  t.match(fine, /\| deferred-move \| plain +\| deferred +\| 2 pass +\|/)
  t.match(fine, /## What did not pass\n\nNothing\.\n$/)
})
