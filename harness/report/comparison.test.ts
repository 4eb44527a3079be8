import t from 'tap'
import { compare } from '../campaign/comparison.ts'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import { paletteFor } from './colour.ts'
import { comparisonLines } from './comparison.ts'

const plain = paletteFor({ isTTY: false })
const base = aRecord({
  outcome: 'fail',
  verdicts: [
    aVerdict(),
    aVerdict({ law: 'held', state: 'violated', sentence: 'effective changed before an interrupt' }),
    aVerdict({ law: 'once', state: 'violated', sentence: 'two vector_config' }),
    aVerdict({ law: 'settled' }),
  ],
})
const patched = aRecord({
  outcome: 'fail',
  verdicts: [
    aVerdict(),
    aVerdict({ law: 'held' }),
    aVerdict({ law: 'once', state: 'unproven', sentence: 'the trace lost events' }),
    aVerdict({ law: 'settled', state: 'violated', sentence: 'still pending' }),
    aVerdict({ law: 'settled', queue: 'input.1' }),
  ],
})

await t.test('each change has its line, with what was seen; what did not change shares one', async (t) => {
  t.same(comparisonLines(compare([base], [patched]), plain), [
    'deferred-move on plain',
    '  ✓ better        held: violated 1 of 1 -> held',
    '      base: input.0 (irq 28): effective changed before an interrupt',
    '  ~ maybe better  once: violated 1 of 1 -> unproven 1 of 1',
    '      base: input.0 (irq 28): two vector_config',
    '      patched: input.0 (irq 28): the trace lost events',
    '  ✗ worse         settled: held -> violated 1 of 2',
    '      patched: input.0 (irq 28): still pending',
    '  = same          reached: kernel',
    '  = same          held: accepted',
    'worse with the patch: 1 worse, 1 maybe better, 1 better, 2 same',
  ])
})

await t.test('a kernel that boots no more is told with its last stage', async (t) => {
  const lost = { outcome: 'broken' as const, stage: 'boot.init', reason: 'init took too long', verdicts: [] }
  const lines = comparisonLines(compare([base], [aRecord(lost), aRecord({ ...lost, attempts: 2 })]), plain)
  t.same(lines, [
    'deferred-move on plain',
    '  ✗ worse         kernel: reached -> lost at boot.init',
    '      patched: init took too long',
    '  ~ maybe better  held: violated 1 of 1 -> not asked',
    '      base: input.0 (irq 28): effective changed before an interrupt',
    '  ~ maybe better  once: violated 1 of 1 -> not asked',
    '      base: input.0 (irq 28): two vector_config',
    'worse with the patch: 1 worse, 2 maybe better',
  ])
})

await t.test('nothing goes beyond the width, and colour is for terminals', async (t) => {
  for (const line of comparisonLines(compare([base], [patched]), plain, 70)) t.ok(line.length <= 70, line)
  const coloured = paletteFor({ isTTY: true }, {})
  t.match(comparisonLines(compare([base], [base]), coloured).at(-1), '\u001B[')
  t.match(comparisonLines(compare([], []), plain), ['we cannot tell: nothing to compare'])
})
