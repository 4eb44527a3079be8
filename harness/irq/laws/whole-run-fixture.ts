/** Small runs written by hand, for tests of the laws that look at an irq over a whole run. */
import { assert } from '../../base/errors.ts'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import { judge } from '../judge.ts'
import { parseKernelRelease } from '../kernel-release.ts'
import type { MoveEvidence, RunEvidence } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import { parseTraceEntry } from '../trace-event.ts'
import type { Finding } from '../verdict.ts'
import type { BookName } from './books.ts'

/** One line of the trace: the CPU, the milliseconds since its begin, the payload as the kernel prints it, whose it is, and where. */
export type Line = readonly [cpu: number, ms: number, payload: string, pid?: number, context?: 'process']

const IRQ = { number: 40, action: 'virtio2-input', chip: 'PCI-MSI' }

/** A reading of irq 40. */
export function readingOf(facts: Partial<Reading> = {}): Reading {
  return {
    irq: IRQ,
    bootId: 'b',
    onlineCpus: CpuMask.of(0, 1, 2, 3),
    counts: [0, 0, 0, 0],
    readBack: CpuMask.of(3),
    effective: CpuMask.of(3),
    state: irqState(0),
    ...facts,
  }
}

/** The last write of a run, id 1, of CPU 3 to irq 40. */
export function writeOf(facts: Partial<MoveEvidence> = {}): MoveEvidence {
  return {
    id: 1,
    queue: 'virtio-serial',
    stimulus: { kind: 'byte' },
    irq: IRQ,
    prediction: { kind: 'deferred', cleanup: 'ipi', why: 'for a test' },
    write: { requested: CpuMask.of(3), form: 'list', error: undefined, pid: 7 },
    before: readingOf(),
    written: readingOf(),
    hold: undefined,
    batches: [],
    replacedBy: undefined,
    ...facts,
  }
}

/** What the only law of the book says of the run. */
export function findingOf(book: BookName, lines: readonly Line[], move = writeOf()): Finding {
  const [finding] = findingsOf(book, lines, move).values()
  assert(finding !== undefined, 'a book has a law')
  return finding
}

/** Around a write in which the irq core saw nothing; lines that have an end of a write need none. */
const MARKS: readonly Line[] = [
  [0, 0, 'tracing_mark_write: irqlab write id=1 irq=40 mask=3 pid=7'],
  [0, 0, 'tracing_mark_write: irqlab written id=1 irq=40 status=0'],
]

/** What each law of the book says of the last of these moves; the first one was written before the lines. */
export function findingsOf(
  book: BookName,
  lines: readonly Line[],
  ...moves: readonly [MoveEvidence, ...MoveEvidence[]]
): ReadonlyMap<string, Finding> {
  const marks = lines.some(([, , payload]) => payload.includes(' irqlab written id=1 ')) ? [] : MARKS
  const events = [...marks, ...lines].map(([cpu, ms, payload, pid, context], index) => {
    const time = `${Math.floor(ms / 1000)}.${String((ms % 1000) * 1000).padStart(6, '0')}`
    // A request is written by the process that the moves name.
    const owner = pid ?? (payload.startsWith('set: ') ? 7 : 0)
    const entry = parseTraceEntry(
      `  task-${owner}  [00${cpu}] ${context === 'process' ? 'd..1.' : 'd.h1.'} ${time}: ${payload}`,
    )
    assert(entry !== undefined, payload)
    return { ...entry, index }
  })
  const run: RunEvidence = {
    release: parseKernelRelease('5.10.0-30-cloud-amd64'),
    onlineCpus: CpuMask.of(0, 1, 2, 3),
    trace: {
      events,
      lostEvents: false,
      strayStacks: 0,
      entriesInBuffer: events.length,
      entriesWritten: events.length,
    },
    traceableFunctions: new Set(),
    moves,
    irqs: [],
  }
  const last = moves.at(-1) ?? moves[0]
  return new Map(judge(run, last, book).map((verdict) => [verdict.law, verdict]))
}
