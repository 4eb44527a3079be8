/** What became of a request, in two or three sentences that need no picture. */
import { formatMs } from '../../base/deadline.ts'
import type { TraceEvent } from '../../irq/trace-event.ts'
import type { MoveWindow } from './move-window.ts'

/** Facts of the trace alone; whether they should be so is for the laws. */
export function moveSentence(window: MoveWindow): string {
  const { move, trace, begin, written, arrivals } = window
  const name = `Irq ${move.irq.number} (${move.queue})`
  const asked = `${name} was on ${cpus(move.before.effective.cpus)}; ${cpus(move.write.requested.cpus)} ${
    move.write.requested.size === 1 ? 'was' : 'were'
  } asked for.`
  if (move.write.input !== undefined)
    return `${name} was on ${cpus(move.before.effective.cpus)} when a text was written that ${
      move.write.input.errno === undefined
        ? 'must be understood'
        : `must be refused with ${move.write.input.errno}`
    }.${move.write.error === undefined ? '' : ` It was refused: ${move.write.error}.`}`
  if (move.write.error !== undefined) return `${asked} The write was refused: ${move.write.error}.`
  const config = trace.configs[0]
  const [first] = arrivals
  if (config === undefined) {
    if (first === undefined) return `${asked} No interrupt came, and the hardware was not set.`
    return `${asked} ${counted(arrivals)}, but the hardware was not set again.`
  }
  const to = `CPU ${config.fields['cpu']}, vector ${config.fields['vector']}`
  if (written !== undefined && config.index < written.index) {
    const after = formatSpan(config.timeUs - begin.timeUs)
    return `${asked} The hardware was set to ${to} in the write itself, after ${after}. ${later(arrivals, config)}`
  }
  const mover = arrivals.findLast(({ index, cpu }) => index < config.index && cpu === config.cpu)
  const waited = formatSpan(config.timeUs - begin.timeUs)
  const how =
    mover === undefined
      ? `The hardware was set to ${to} after ${waited}.`
      : `The request waited ${waited} for the next interrupt, which came on CPU ${mover.cpu} and set the hardware to ${to}.`
  return [asked, how, later(arrivals, config), released(window)].filter((text) => text !== '').join(' ')
}

function later(arrivals: readonly TraceEvent[], config: TraceEvent): string {
  const after = arrivals.filter(({ index }) => index > config.index)
  return after.length === 0 ? 'No interrupt came after it.' : `After it, ${counted(after)}.`
}

/** `10 interrupts were counted on CPU 3`; by CPU where there are several. */
function counted(arrivals: readonly TraceEvent[]): string {
  const byCpu = new Map<number, number>()
  for (const { cpu } of arrivals) byCpu.set(cpu, (byCpu.get(cpu) ?? 0) + 1)
  const parts = [...byCpu]
    .toSorted(([a], [b]) => a - b)
    .map(
      ([cpu, count], at) =>
        `${count}${at === 0 ? (count === 1 ? ' interrupt' : ' interrupts') : ''} on CPU ${cpu}`,
    )
  const text = parts.length > 3 ? [...parts.slice(0, 3), 'more elsewhere'].join(', ') : parts.join(', ')
  return text.replace(
    /^(\d+ interrupts?) on/,
    arrivals.length === 1 ? '$1 was counted on' : '$1 were counted on',
  )
}

function released({ trace }: MoveWindow): string {
  const update = trace.updates[0]
  if (update === undefined) return ''
  const [cpu, vector] = [update.fields['prev_cpu'], update.fields['prev_vector']]
  const freed = trace.freed.find(({ fields }) => fields['cpu'] === cpu && fields['vector'] === vector)
  if (freed === undefined) return ''
  return `Vector ${vector} of CPU ${cpu} was given back ${formatSpan(freed.timeUs - update.timeUs)} after the move.`
}

function cpus(list: readonly number[]): string {
  if (list.length === 0) return 'no CPU'
  if (list.length === 1) return `CPU ${list[0]}`
  if (list.length > 6) return `${list.length} CPUs`
  return `CPUs ${list.slice(0, -1).join(', ')} and ${list.at(-1)}`
}

/** Microseconds in words: `371 µs`, `24 ms`, `1.37 s`. */
function formatSpan(us: number): string {
  return us < 1000 ? `${Math.round(us)} µs` : formatMs(us / 1000)
}
