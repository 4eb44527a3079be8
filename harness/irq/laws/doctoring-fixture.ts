/** Recorded evidence with one fact changed, for tests of the laws: pure, and the evidence it is given stays as it was. */
import { assert } from '../../base/errors.ts'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import { judge } from '../judge.ts'
import type { MoveEvidence, RunEvidence } from '../move-evidence.ts'
import { type MoveTrace, moveTrace } from '../move-trace.ts'
import type { Reading } from '../reading.ts'
import { RECORDED } from '../recorded-fixture.ts'
import type { TraceEvent } from '../trace-event.ts'
import type { Verdict } from '../verdict.ts'
import type { BookName } from './books.ts'

/** One move of a run, and the book that it is judged by. */
export interface Exhibit {
  readonly name: string
  readonly run: RunEvidence
  readonly id: number
  readonly book: BookName
}

/** Where in a move a reading was taken; a number is that of the batch before it, -1 the last one. */
export type Stage = 'before' | 'written' | 'began' | 'ended' | number

/** Picks events out of the trace of the move under test. */
export type Pick = (trace: MoveTrace, run: RunEvidence) => TraceEvent | readonly TraceEvent[] | undefined

/** Every recorded claim for a book, or only those of runs whose name has `part`. */
export function exhibits(book: BookName, part = ''): readonly Exhibit[] {
  return RECORDED.filter(({ name }) => name.includes(part)).flatMap(({ name, run, claims }) =>
    claims
      .filter((claim) => claim.book === book)
      .map(({ move }) => ({ name: `${name}, write ${move.id}`, run, id: move.id, book })),
  )
}

/** The move under test. */
export function moveOf({ run, id }: Exhibit): MoveEvidence {
  const move = run.moves.find((candidate) => candidate.id === id)
  assert(move !== undefined, `move ${id} is in the run`)
  return move
}

/** The trace of the move under test. */
export function traceOf(exhibit: Exhibit): MoveTrace {
  return moveTrace(exhibit.run, moveOf(exhibit))
}

/** What the book says of the move. */
export function verdictsOf(exhibit: Exhibit): readonly Verdict[] {
  return judge(exhibit.run, moveOf(exhibit), exhibit.book)
}

/** The laws that are not held, with their states. */
export function flipped(exhibit: Exhibit): Readonly<Record<string, string>> {
  return Object.fromEntries(
    verdictsOf(exhibit)
      .filter(({ state }) => state !== 'held')
      .map(({ law, state }) => [law, state]),
  )
}

/** Another move in the place of the one under test. */
export function withMove(exhibit: Exhibit, change: (move: MoveEvidence) => MoveEvidence): Exhibit {
  const moves = exhibit.run.moves.map((move) => (move.id === exhibit.id ? change(move) : move))
  return { ...exhibit, run: { ...exhibit.run, moves } }
}

/** Changes the readings of these stages alone. */
export function withReading(
  exhibit: Exhibit,
  stages: Stage | readonly Stage[],
  change: (reading: Reading) => Reading,
): Exhibit {
  return withMove(exhibit, (move) => {
    const chosen = new Set([stages].flat().map((stage) => rankOf(move, stage)))
    const changed = (reading: Reading, stage: Stage): Reading =>
      chosen.has(rankOf(move, stage)) ? change(reading) : reading
    const { hold } = move
    return {
      ...move,
      before: changed(move.before, 'before'),
      written: changed(move.written, 'written'),
      hold: hold && { ...hold, began: changed(hold.began, 'began'), ended: changed(hold.ended, 'ended') },
      batches: move.batches.map((batch, at) => ({ ...batch, after: changed(batch.after, at) })),
    }
  })
}

/** `by` interrupts more were counted on a CPU, from this stage on: a counter keeps what it has counted. */
export function withCounted(exhibit: Exhibit, from: Stage, cpu: number, by = 1): Exhibit {
  const move = moveOf(exhibit)
  const batches = move.batches.map((_, at) => at)
  const later = (['written', 'began', 'ended', ...batches] as const).filter(
    (stage) => rankOf(move, stage) >= rankOf(move, from),
  )
  return withReading(exhibit, later, (reading) => ({
    ...reading,
    counts: reading.counts.map((count, at) => (at === cpu ? count + by : count)),
  }))
}

/** Effective is another mask in these readings. */
export function withEffective(
  exhibit: Exhibit,
  stages: Stage | readonly Stage[],
  ...cpus: number[]
): Exhibit {
  return withReading(exhibit, stages, (reading) => ({ ...reading, effective: CpuMask.of(...cpus) }))
}

/** Another mask reads back. */
export function withReadBack(exhibit: Exhibit, stages: Stage | readonly Stage[], ...cpus: number[]): Exhibit {
  return withReading(exhibit, stages, (reading) => ({ ...reading, readBack: CpuMask.of(...cpus) }))
}

/** The pending bit is set, clear, or cannot be read. */
export function withPending(exhibit: Exhibit, stage: Stage, pending: boolean | undefined): Exhibit {
  return withReading(exhibit, stage, (reading) => ({
    ...reading,
    state: pending === undefined ? undefined : irqState(pending ? 0x1d401300 : 0x1d401200),
  }))
}

/** These events are not in the trace. */
export function without(exhibit: Exhibit, pick: Pick): Exhibit {
  return withTrace(exhibit, pick, () => [])
}

/** These events are in the trace twice. */
export function twice(exhibit: Exhibit, pick: Pick): Exhibit {
  return withTrace(exhibit, pick, (event) => [event, event])
}

/** These events are others. */
export function withEvent(exhibit: Exhibit, pick: Pick, change: (event: TraceEvent) => TraceEvent): Exhibit {
  return withTrace(exhibit, pick, (event) => [change(event)])
}

/** These events have other values in their payload; undefined takes one out. */
export function withFields(
  exhibit: Exhibit,
  pick: Pick,
  fields: Readonly<Record<string, string | undefined>>,
): Exhibit {
  return withEvent(exhibit, pick, (event) => {
    const kept = Object.entries({ ...event.fields, ...fields })
    return {
      ...event,
      fields: Object.fromEntries(kept.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
    }
  })
}

/** One event more, right after the picked one, at its time. */
export function withEventAfter(exhibit: Exhibit, pick: Pick, event: TraceEvent): Exhibit {
  return withTrace(exhibit, pick, (place) => [place, { ...event, timeUs: place.timeUs }])
}

function withTrace(
  exhibit: Exhibit,
  pick: Pick,
  change: (event: TraceEvent) => readonly TraceEvent[],
): Exhibit {
  const picked = [pick(traceOf(exhibit), exhibit.run) ?? []].flat()
  assert(picked.length > 0, `${exhibit.name}: the events to doctor are in the trace`)
  const chosen = new Set(picked.map(({ index }) => index))
  const events = exhibit.run.trace.events
    .flatMap((event) => (chosen.has(event.index) ? change(event) : [event]))
    .map((event, index) => ({ ...event, index }))
  return { ...exhibit, run: { ...exhibit.run, trace: { ...exhibit.run.trace, events } } }
}

/** The order of the stages in time. */
function rankOf(move: MoveEvidence, stage: Stage): number {
  if (typeof stage === 'number') return 4 + (stage < 0 ? move.batches.length + stage : stage)
  return ['before', 'written', 'began', 'ended'].indexOf(stage)
}
