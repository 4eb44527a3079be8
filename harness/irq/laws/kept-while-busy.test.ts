/** Is a request excused from waiting only where the kernel itself has brought the move before to its end? */
import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import { keptWhileBusy } from './kept-while-busy.ts'
import { findingsOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const on = (cpu: number, counts: readonly number[] = [0, 0, 0, 0]) =>
  readingOf({
    effective: CpuMask.of(cpu),
    readBack: CpuMask.of(3),
    state: irqState(0x200),
    counts: [...counts],
  })

/** A write of CPU 3 to an irq that the move before took from CPU 1 to CPU 2. */
const second: MoveEvidence = writeOf({
  id: 2,
  prediction: { kind: 'deferred', cleanup: 'timer', why: 'for a test' },
  before: on(2),
  written: readingOf({ effective: CpuMask.of(2), readBack: CpuMask.of(3), state: irqState(0x300) }),
  batches: [{ mark: 1, sent: [{ id: 'A' }], taken: 1, received: ['A'], after: on(3, [0, 0, 1, 0]) }],
})

const moved = (from: number, to: number, vector: number, ms: number): readonly Line[] => [
  [from, ms, `ack: (apic_ack_edge+0x0/0x70) irq=40`],
  [from, ms, `vector_update: irq=40 vector=${vector} cpu=${to} prev_vector=${vector - 1} prev_cpu=${from}`],
  [from, ms, `vector_config: irq=40 vector=${vector} cpu=${to} apicdest=0x00000008`],
]
const handled = (cpu: number, ms: number): Line => [cpu, ms, 'irq_handler_entry: irq=40 name=virtio2-input']
const retrigger: Line = [1, 2, 'retrigger: (apic_retrigger_irq+0x0/0x60) irq=40']
const freed: Line = [1, 4, 'vector_free_moved: irq=40 cpu=1 vector=35 is_managed=0']
const write: readonly Line[] = [
  [0, 6, 'tracing_mark_write: irqlab write id=2 irq=40 mask=3 pid=7', 7],
  [0, 6, 'set: (irq_set_affinity_locked+0x0/0x1f0) irq=40 st=0x200 mask=0x8 desc=0x1'],
  [0, 6, 'tracing_mark_write: irqlab written id=2 irq=40 status=0', 7],
]
const probe: Line = [0, 9, 'tracing_mark_write: irqlab probe irq=40 batch=1 first=A', 7]
const findingOf = (...lines: readonly Line[]) =>
  findingsOf('busy', lines, writeOf(), second).get(keptWhileBusy.name)

await t.test(
  'fired again by the kernel, the move before is over, and the next interrupt must move',
  async (t) => {
    const last = [retrigger, handled(1, 2), freed]
    t.match(
      findingOf(...moved(1, 2, 36, 2), ...last, ...write, probe, ...moved(2, 3, 37, 10), handled(2, 10)),
      {
        state: 'held',
        sentence:
          'the kernel had fired the irq again, so the last move was over: the first interrupt moved it to CPU 3',
      },
    )
    const late = [...moved(2, 3, 37, 10).slice(0, 1), handled(2, 10), ...moved(2, 3, 37, 12), handled(2, 12)]
    t.match(findingOf(...moved(1, 2, 36, 2), ...last, ...write, probe, ...late), {
      state: 'violated',
      sentence: /and did not move the irq$/,
    })
  },
)

await t.test('over for another reason, nothing can be told', async (t) => {
  t.match(
    findingOf(
      ...moved(1, 2, 36, 2),
      handled(1, 2),
      freed,
      ...write,
      probe,
      ...moved(2, 3, 37, 10),
      handled(2, 10),
    ),
    { state: 'unproven', sentence: 'the last move was over before this write' },
  )
})
