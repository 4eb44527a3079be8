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
  const lines = page.split('\n')
  for (const wanted of [
    '<!-- Made by `make me` from records. Do not edit: run it again. -->',
    '4 runs of 2026-11-22 to 2026-11-23: 2 scenarios on 2 kernels and 2 machines (plain, remapped).',
    '- QEMU: QEMU emulator version 7.2.22, with tcg',
    '| `6.1.0` | 6.1.9-1 | - | 6.1.00000000 | ipi | `PCI-MSI` | `IR-PCI-MSI` |',
    '| `7.3.4` | 7.3.4-1 | trixie-backports, sid | 7.3.40000000 | timer | `PCI-MSIX-DEVICE` | - |',
    '| release | deferred-move |',
    '| `6.1.0` | deferred: pass |',
    '| release | deferred-move | immediate\\|move |',
    '| `6.1.0` | skip | immediate: fail |',
    '| `7.3.4` | - | - |',
    '- `immediate|move` on `6.1.0`, remapped: **fail**: kernel: BUG: it fell',
    '- `deferred-move` on `6.1.0`, plain: 2 attempts',
    '- `deferred-move` on remapped: needs no interrupt remapping',
  ])
    t.ok(lines.includes(wanted), wanted)
  t.ok(page.indexOf('`6.1.0`') < page.indexOf('`7.3.4`'), 'oldest first, whatever was run first')
})

await t.test('a message that was declared is on the page', async (t) => {
  const messages = [{ pattern: 'failed', line: 'IRQ7: it failed', count: 3, reason: 'known since long' }]
  const page = kernelsPage([aRecord({ outcome: 'known', reason: 'it died', messages })], 'x')
  t.match(page, /\| deferred: known, with a declared message \|/)
  t.match(page, /\*\*known\*\*: it died; as declared it says \(3 times\): IRQ7: it failed$/m)
})

await t.test('repeats are counted, and a page without trouble says so', async (t) => {
  const fine = kernelsPage([aRecord(), aRecord()], 'x')
  t.match(fine, /\| `6\.1\S+` \| deferred: 2 pass \|/)
  t.match(fine, /## What did not pass\n\nNothing\.\n$/)
})
