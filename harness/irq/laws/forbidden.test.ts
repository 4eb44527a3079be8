import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import { findingOf, readingOf, writeOf } from './whole-run-fixture.ts'

const refused = (error: string | undefined, facts: Partial<MoveEvidence> = {}): MoveEvidence =>
  writeOf({ write: { requested: CpuMask.of(3), form: 'list', error, pid: 7 }, ...facts })

await t.test('not permitted', async (t) => {
  t.match(findingOf('forbidden', [], refused('Operation not permitted')), {
    state: 'held',
    sentence: '3 was refused with EPERM, and nothing changed',
  })
})

await t.test('refused as an error of a device, or in words that we do not know', async (t) => {
  t.match(findingOf('forbidden', [], refused('Input/output error')), {
    state: 'violated',
    sentence: '3 was refused with EIO',
    numbers: { error: 'EIO' },
  })
  t.match(findingOf('forbidden', [], refused('Out of cheese')), {
    state: 'violated',
    sentence: '3 was refused with Out of cheese',
  })
})

await t.test('accepted', async (t) => {
  t.match(findingOf('forbidden', [], refused(undefined)), { state: 'violated', sentence: /accepted$/ })
})

await t.test('refused, and done all the same', async (t) => {
  const changed = refused('Operation not permitted', { written: readingOf({ effective: CpuMask.of(1) }) })
  t.match(findingOf('forbidden', [], changed), {
    state: 'violated',
    sentence: /and something changed all the same$/,
  })
})
