import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { InputEvidence, MoveEvidence, WriteEvidence } from '../move-evidence.ts'
import { findingOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const wrote = (
  input: Partial<InputEvidence>,
  write: Partial<WriteEvidence> = {},
  facts: Partial<MoveEvidence> = {},
): MoveEvidence =>
  writeOf({
    write: {
      requested: CpuMask.of(),
      form: 'list',
      error: 'Invalid argument',
      pid: 7,
      ...write,
      input: {
        file: 'smp_affinity_list',
        text: 'zz',
        errno: 'EINVAL',
        shown: { before: '3', after: '3' },
        ...input,
      },
    },
    ...facts,
  })

/** What the irq core was asked for by our writer, between the marks of the write. */
const asked = (mask: string): readonly Line[] => [
  [0, 0, 'tracing_mark_write: irqlab write id=1 irq=40 mask=3 pid=7'],
  [0, 0, `set: (irq_set_affinity_locked+0x0/0x1) irq=40 st=0x0 mask=${mask}`],
  [0, 0, 'tracing_mark_write: irqlab written id=1 irq=40 status=0'],
]

await t.test('refused as it should be', async (t) => {
  t.match(findingOf('input', [], wrote({})), {
    state: 'held',
    sentence: '"zz", written to smp_affinity_list, was refused with EINVAL, and nothing changed',
    numbers: { expected: 'EINVAL', error: 'EINVAL', text: '"zz"' },
  })
  t.match(
    findingOf('input', [], wrote({ text: '9'.repeat(70_000) })).sentence,
    /^"9{24}"\.\.\. \(70000 bytes\)/,
  )
})

await t.test('refused in another way, taken, or refused although it names CPUs', async (t) => {
  t.match(findingOf('input', [], wrote({}, { error: 'Numerical result out of range' })), {
    state: 'violated',
    sentence: '"zz", written to smp_affinity_list, was refused with ERANGE: it ends with EINVAL',
  })
  t.match(findingOf('input', [], wrote({}, { error: undefined })), {
    state: 'violated',
    sentence: /was taken: it ends with EINVAL$/,
  })
  t.match(findingOf('input', [], wrote({ text: '0-N', errno: undefined }, { requested: CpuMask.of(0, 1) })), {
    state: 'violated',
    sentence: /was refused with EINVAL: it names 0-1$/,
  })
})

await t.test('refused, and something came of it', async (t) => {
  const changes: readonly Partial<MoveEvidence>[] = [
    { written: readingOf({ readBack: CpuMask.of(1) }) },
    { written: readingOf({ effective: CpuMask.of(1) }) },
    { written: readingOf({ state: irqState(0x100) }) },
  ]
  for (const facts of changes)
    t.match(findingOf('input', [], wrote({}, {}, facts)), {
      state: 'violated',
      sentence: /and something changed all the same$/,
    })
  t.match(findingOf('input', [], wrote({ shown: { before: 'f', after: '2' } })), { state: 'violated' })
  t.match(findingOf('input', asked('0x2').slice(1, 2), wrote({})), { state: 'held' }, 'by somebody else')
})

await t.test('taken as the CPUs that it names', async (t) => {
  const taken = (readBack: number, file: InputEvidence['file'] = 'smp_affinity_list', after = '1') =>
    wrote(
      { text: '01', errno: undefined, file, shown: { before: 'f', after } },
      { requested: CpuMask.of(1), error: undefined },
      { written: readingOf({ readBack: CpuMask.of(readBack) }) },
    )
  const inside = (mask: string, move: MoveEvidence) => findingOf('input', asked(mask), move)
  t.match(inside('0x2', taken(1)), { state: 'held', sentence: /was taken as 1$/ })
  t.match(inside('0x2', taken(2)), { state: 'violated', sentence: /2 reads back instead of 1$/ })
  t.match(inside('0x4', taken(1)), { state: 'violated', sentence: /the irq core was asked for 0x4$/ })
  t.match(findingOf('input', [], taken(1)), { state: 'violated', sentence: /the irq core never saw it$/ })
  t.match(findingOf('input', [], taken(3, 'default_smp_affinity', '00000002')), { state: 'held' })
  t.match(findingOf('input', [], taken(3, 'default_smp_affinity', '4')), {
    state: 'violated',
    sentence: /4 reads back instead of 2$/,
  })
})

await t.test('a refused text that reached the irq core', async (t) => {
  t.match(findingOf('input', asked('0x2'), wrote({})), {
    state: 'violated',
    sentence: /after it had reached the irq core$/,
  })
})

await t.test('without a text there is nothing to say', async (t) => {
  t.match(findingOf('input', [], writeOf()), { state: 'unproven', sentence: 'no text was written' })
})
