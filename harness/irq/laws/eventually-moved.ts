/** L3: whatever was asked for is made, at the first interrupt that can make it. */
import { actsIn } from '../act-markers.ts'
import { mayBreak } from '../broken-affinity.ts'
import { type IrqHistory, type PlacedReading, type Request, upheavalIn } from '../irq-history.ts'
import type { Trace } from '../trace.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { IrqLaw, IrqLawInput } from './law.ts'

/** So many interrupts, so far apart, move any irq: one moves it for the request before, one frees that one's old vector. */
const ALWAYS_ENOUGH = 4
const APART_MS = 20

/**
 * The first interrupt after a request moves the irq, unless the old vector of the move before is still to be freed:
 * arch/x86/kernel/apic/vector.c:assign_vector_locked says -EBUSY then, and kernel/irq/migration.c:irq_move_masked_irq
 * marks the request pending again (5.10 to 7.3).
 */
export const eventuallyMoved: IrqLaw = {
  name: 'eventually-moved',
  wording:
    'after the first interrupt that finds no other move unfinished, effective is one CPU of the mask that was asked for last; in the end nothing is pending',
  judge({ history, irq, run }: IrqLawInput): Finding | undefined {
    const { readings } = history
    const last = readings.at(-1)
    if (last === undefined) return unproven('the irq was never read')
    const good = history.requests.filter(({ returned }) => returned === 0)
    for (const [at, request] of good.entries()) {
      const next = good[at + 1]?.event.index ?? Infinity
      const end = Math.min(next, request.droppedAt)
      const under = readings.filter(({ from, to }) => from > request.event.index && to < end)
      for (const placed of under) {
        if (isMade(request, placed)) break
        const why = overdue(history, request, placed)
        if (why === undefined) continue
        const effective = placed.reading.effective.toList()
        return violated(`${request.words} was asked for, effective is ${effective} after ${why}`, {
          requested: request.words,
          effective,
        })
      }
    }
    if (!irq.hasHandler) return undefined
    const request = good.findLast(({ droppedAt }) => droppedAt > last.to)
    const numbers = numbersOf(last)
    const tooLate = askedTooLate(run.trace, history, good, last)
    if (tooLate !== undefined) return unproven(tooLate, numbers)
    if (last.reading.state?.pending === true)
      return violated(
        `a request is still pending in the end, ${irq.closing.length} probes after everything else`,
        numbers,
      )
    if (request === undefined) return held('nothing was asked for, and nothing is pending', numbers)
    if (request.mask === undefined) return unproven('the trace does not show the mask of a request', numbers)
    if (!isMade(request, last) && !mayBreak(run.trace, history, request.mask, request.event.index, last.to)) {
      return irq.closing.length === 0
        ? unproven(`${request.words} was asked for, and no interrupt came`, numbers)
        : violated(
            `${request.words} was asked for, effective is ${last.reading.effective.toList()} in the end`,
            numbers,
          )
    }
    if (last.reading.state === undefined && run.moves.some((move) => move.written.state !== undefined))
      return unproven('whether a request is pending in the end was not read', numbers)
    return held(
      `${good.length} requests, the last for ${request.words}: effective is ${last.reading.effective.toList()}`,
      { ...numbers, requests: good.length },
    )
  },
}

/**
 * A request that somebody else made while the last probes were sent, or after them, so that these say nothing of it;
 * undefined where an interrupt has come since that had to make it.
 */
function askedTooLate(
  trace: Trace,
  history: IrqHistory,
  requests: readonly Request[],
  last: PlacedReading,
): string | undefined {
  const closing = actsIn(trace, 'closing')[0]?.index ?? Infinity
  const request = requests.findLast(({ id, event }) => id === undefined && event.index > closing)
  if (request === undefined || isDone(request, last) || overdue(history, request, last) !== undefined)
    return undefined
  return `${request.words} was asked for too late: no interrupt came after that which had to move the irq`
}

function isDone(request: Request, last: PlacedReading): boolean {
  return last.reading.state?.pending === false && isMade(request, last)
}

function numbersOf({ reading }: PlacedReading): Readonly<Record<string, string>> {
  return {
    effective: reading.effective.toList(),
    readBack: reading.readBack.toList(),
    pending: reading.state === undefined ? 'unread' : String(reading.state.pending),
  }
}

function isMade({ mask }: Request, { reading, isActive }: PlacedReading): boolean {
  return (
    !isActive || mask === undefined || (reading.effective.size === 1 && reading.effective.isSubsetOf(mask))
  )
}

/** What should have moved the irq before this reading, in words; undefined while nothing had to. */
function overdue(history: IrqHistory, { event }: Request, { from }: PlacedReading): string | undefined {
  if (upheavalIn(history, event.index, from) !== undefined) return undefined
  // Complete before the reading began: the handler runs after the acknowledge, which makes the move.
  const handlers = history.handlers.filter(({ index }) => index > event.index && index < from)
  const handled = ({ index, cpu }: TraceEvent) =>
    handlers.some((handler) => handler.cpu === cpu && handler.index > index)
  const arrived = history.arrivals.filter(
    (arrival) => arrival.index > event.index && arrival.index < from && handled(arrival),
  )
  const due = arrived.find(({ index }) => !history.isBusy(index))
  if (due !== undefined) return `an interrupt on CPU ${due.cpu} that found no other move unfinished`
  let spaced = 0
  let lastUs = -Infinity
  for (const { timeUs } of arrived) {
    if (timeUs - lastUs < APART_MS * 1000) continue
    spaced++
    lastUs = timeUs
  }
  return spaced < ALWAYS_ENOUGH ? undefined : `${spaced} interrupts more than ${APART_MS} ms apart`
}
