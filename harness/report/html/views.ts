/** Which parts of a move are worth a closer look? */
import type { TraceEvent } from '../../irq/trace-event.ts'
import type { MoveWindow } from './move-window.ts'
import type { View } from './report-data.ts'

/** The first is the one that is shown at first. Times as the trace has them. */
export function viewsOf(
  { trace, begin, written, arrivals, events }: MoveWindow,
  endUs: number,
): readonly View[] {
  const config = trace.configs[0]
  const inWrite = config !== undefined && written !== undefined && config.index < written.index
  const mover =
    config === undefined || inWrite
      ? undefined
      : arrivals.findLast(({ index, cpu }) => index < config.index && cpu === config.cpu)
  const views: View[] = []
  if (config !== undefined && !inWrite) {
    const from = mover ?? config
    const handler = trace.interrupts.find(({ index, cpu }) => index > from.index && cpu === config.cpu)
    const last = events.findLast(
      ({ index, timeUs }) =>
        index >= config.index && timeUs <= Math.max(handler?.timeUs ?? 0, config.timeUs + 200),
    )
    views.push(view('the move', from, last ?? config, mover === undefined ? 'the move' : 'the interrupt'))
  }
  const end = written ?? config ?? begin
  const write = view(inWrite ? 'the write, and the move in it' : 'the write', begin, end, 'the write')
  views.push(write)
  if (inWrite && trace.freed.length === 0) return [...views, whole(begin, endUs)]
  const freed = trace.freed.find(({ index }) => index > (config?.index ?? Infinity))
  if (freed !== undefined && config !== undefined) {
    const cause = arrivals.findLast(({ index }) => index > config.index && index < freed.index)
    const last = events.findLast(({ timeUs }) => timeUs <= freed.timeUs + 100) ?? freed
    const zero = cause === undefined ? 'the vector went' : 'the interrupt on the new CPU'
    views.push(view('the old vector is given back', cause ?? freed, last, zero))
  }
  return [...views, whole(begin, endUs)]
}

function whole(begin: TraceEvent, endUs: number): View {
  return { name: 'all of it', span: [begin.timeUs, endUs], zero: 'the write', zeroUs: begin.timeUs }
}

function view(name: string, from: TraceEvent, to: TraceEvent, zero: string): View {
  // A moment alone is looked at in the hundred microseconds around it.
  const room = Math.max((to.timeUs - from.timeUs) * 0.12, 15)
  return { name, span: [from.timeUs - room, to.timeUs + room], zero, zeroUs: from.timeUs }
}
