/** Where did effective point, and what was pending, at each moment of a move? Read from procfs, timed by the trace. */
import { actsIn } from '../../irq/act-markers.ts'
import type { CpuMask } from '../../irq/cpu-mask.ts'
import type { Reading } from '../../irq/reading.ts'
import type { MoveWindow } from './move-window.ts'
import type { Band } from './report-data.ts'

const PENDING = 0x100

interface TimedReading {
  readonly reading: Reading
  readonly atUs: number
}

/**
 * Effective is only what effective_affinity_list shows. A reading that differs from the one before dates its change to
 * the vector_config between the two that set this CPU; where the trace has none, to the reading itself.
 */
export function effectiveBands(window: MoveWindow, endUs: number): readonly Band[] {
  const { trace, move, begin } = window
  const bands: Band[] = []
  let { effective } = move.before
  let from = begin.timeUs
  for (const { reading, atUs } of timedReadings(window)) {
    if (reading.effective.equals(effective)) continue
    const cause = trace.configs.find(
      ({ timeUs, fields }) =>
        timeUs > from && timeUs <= atUs && reading.effective.has(Number(fields['cpu'] ?? -1)),
    )
    const at = cause?.timeUs ?? atUs
    if (at > endUs) break
    bands.push(band(effective, from, at))
    ;({ effective } = reading)
    from = at
  }
  return [...bands, band(effective, from, Math.max(from, endUs))].filter(isSeen)
}

/**
 * Pending is the bit of the irq's state word; the mask is the requested one. It begins when the irq core was asked and
 * ends when the hardware was set, as far as the readings around them agree; else at the reading that shows it.
 */
export function pendingBands(window: MoveWindow, endUs: number): readonly Band[] {
  const { trace, move, begin } = window
  const requested = move.write.requested
  const seen = [
    ...timedReadings(window).flatMap(({ reading, atUs }) =>
      reading.state === undefined ? [] : [{ atUs, pending: reading.state.pending }],
    ),
    ...trace.moves.map(({ timeUs, fields }) => ({
      atUs: timeUs,
      pending: (Number(fields['st'] ?? 0) & PENDING) !== 0,
    })),
  ].toSorted((a, b) => a.atUs - b.atUs)
  const bands: Band[] = []
  let [since, last]: [number | undefined, number] = [
    move.before.state?.pending === true ? begin.timeUs : undefined,
    begin.timeUs,
  ]
  for (const { atUs, pending } of seen) {
    if (pending && since === undefined) {
      const set = trace.write
      since = set !== undefined && set.timeUs >= last && set.timeUs <= atUs ? set.timeUs : atUs
    } else if (!pending && since !== undefined) {
      const from = since
      const done = trace.configs.find(({ timeUs }) => timeUs >= from && timeUs >= last && timeUs <= atUs)
      bands.push(band(requested, from, Math.min(done?.timeUs ?? atUs, endUs)))
      since = undefined
    }
    last = atUs
  }
  if (since !== undefined) bands.push(band(requested, since, endUs))
  return bands.filter(isSeen)
}

/** Every reading of this irq within the window, at the mark after it; one that was not marked at the act before it. */
function timedReadings({ run, move, begin, written, trace, events }: MoveWindow): readonly TimedReading[] {
  const ends = new Map(actsIn(run.trace, 'read').map((event) => [event.fields['mark'], event.timeUs]))
  const last = events.at(-1)?.timeUs ?? begin.timeUs
  const { hold, batches } = move
  const own: readonly (readonly [Reading, number | undefined])[] = [
    [move.written, written?.timeUs],
    ...(hold === undefined
      ? []
      : ([
          [hold.began, trace.holdBegan?.timeUs],
          [hold.ended, trace.holdEnded?.timeUs],
        ] as const)),
    // What is read after a batch is read before the next one is sent.
    ...batches.map(({ after }, at) => [after, trace.probes[at + 1]?.timeUs ?? last] as const),
  ]
  const others = run.irqs.find(({ irq }) => irq.number === move.irq.number)?.readings ?? []
  const timed = new Map<number, Reading>()
  for (const [reading, actUs] of [...own, ...others.map((one) => [one, undefined] as const)]) {
    const atUs = (reading.mark === undefined ? undefined : ends.get(reading.mark)) ?? actUs
    if (atUs !== undefined) timed.set(atUs, reading)
  }
  // Until the next request of the same irq: from there on they tell of that one.
  const next = actsIn(run.trace, 'write').find(
    ({ index, fields }) => index > begin.index && fields['irq'] === String(move.irq.number),
  )
  const to = next?.timeUs ?? Infinity
  return [...timed]
    .map(([atUs, reading]) => ({ reading, atUs }))
    .filter(({ atUs }) => atUs > begin.timeUs && atUs < to && atUs <= last + SETTLING_US)
    .toSorted((a, b) => a.atUs - b.atUs)
}

/** The reading after the last event of a move still tells of it. */
const SETTLING_US = 2e6

function band(mask: CpuMask, fromUs: number, toUs: number): Band {
  return { cpus: mask.cpus, span: [fromUs, toUs] }
}

function isSeen({ span: [from, to] }: Band): boolean {
  return to > from
}
