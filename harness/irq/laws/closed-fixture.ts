/** Recorded runs that were closed, and ways to change one fact of what they hold of one irq. For tests of the general laws. */
import { readFileSync } from 'node:fs'
import { assert } from '../../base/errors.ts'
import { readEvidence } from '../evidence-json.ts'
import type { IrqEvidence } from '../irq-evidence.ts'
import { judgeAlways } from '../judge-always.ts'
import type { RunEvidence } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import type { TraceEvent } from '../trace-event.ts'

/** One irq of a closed run. */
export interface Closed {
  readonly run: RunEvidence
  readonly queue: string
}

/** Picks events of the irq under test. */
export type PickEvents = (event: TraceEvent, own: readonly TraceEvent[]) => boolean

/** A run of `fixtures/closed/`, and one of its irqs. */
export function closed(name: string, queue: string): Closed {
  const text = (file: string) =>
    readFileSync(new URL(`../fixtures/closed/${name}/${file}`, import.meta.url), 'utf8')
  const { run } = readEvidence(text('evidence.json'), text('trace.txt'))
  return { run, queue }
}

/** The irq under test. */
export function irqOf({ run, queue }: Closed): IrqEvidence {
  const found = run.irqs.find((irq) => irq.queue === queue)
  assert(found !== undefined, `${queue} is in the run`)
  return found
}

/** What is not held of the irq under test: law and state. */
export function notHeld(exhibit: Closed): Readonly<Record<string, string>> {
  const verdicts = judgeAlways(exhibit.run).filter(({ state }) => state !== 'held')
  return Object.fromEntries(
    verdicts.map(({ law, queue, state }) => [queue === exhibit.queue ? law : `${law} of ${queue}`, state]),
  )
}

/** What a law says of the irq under test, in its words. */
export function sentenceOf(exhibit: Closed, law: string): string | undefined {
  return judgeAlways(exhibit.run).find((verdict) => verdict.law === law && verdict.queue === exhibit.queue)
    ?.sentence
}

/** The evidence of the irq under test, changed. */
export function withIrq(exhibit: Closed, change: (irq: IrqEvidence) => IrqEvidence): Closed {
  const irqs = exhibit.run.irqs.map((irq) => (irq.queue === exhibit.queue ? change(irq) : irq))
  return { ...exhibit, run: { ...exhibit.run, irqs } }
}

/** Readings from `first` on and before `end`, changed; negative numbers count from the end. */
export function withReadings(
  exhibit: Closed,
  first: number,
  end: number | undefined,
  change: (reading: Reading) => Reading,
): Closed {
  return withIrq(exhibit, (irq) => {
    const { length } = irq.readings
    const [from, to] = [first < 0 ? length + first : first, end ?? length]
    return {
      ...irq,
      readings: irq.readings.map((reading, at) => (at >= from && at < to ? change(reading) : reading)),
    }
  })
}

/** `by` more interrupts on a CPU, from a reading on. */
export function withCounts(exhibit: Closed, first: number, by: Readonly<Record<number, number>>): Closed {
  return withReadings(exhibit, first, undefined, (reading) => ({
    ...reading,
    counts: reading.counts.map((count, cpu) => count + (by[cpu] ?? 0)),
  }))
}

/** Each event of the irq that is picked becomes what `change` makes of it. */
export function withEvents(
  exhibit: Closed,
  pick: PickEvents,
  change: (event: TraceEvent) => readonly TraceEvent[],
): Closed {
  const own = ownEvents(exhibit)
  const events = exhibit.run.trace.events.flatMap((event) =>
    own.includes(event) && pick(event, own) ? change(event) : [event],
  )
  return withTrace(exhibit, events)
}

/** The picked events come right after the first event for which `after` is true. */
export function withEventsMoved(
  exhibit: Closed,
  pick: PickEvents,
  after: (event: TraceEvent) => boolean,
): Closed {
  const own = ownEvents(exhibit)
  const all = exhibit.run.trace.events
  const moved = own.filter((event) => pick(event, own))
  const place = all.findIndex((event) => after(event))
  assert(place !== -1 && moved.length > 0, 'events to move, and a place for them')
  const events = all.flatMap((event, at) => [
    ...(moved.includes(event) ? [] : [event]),
    ...(at === place ? moved : []),
  ])
  return withTrace(exhibit, events)
}

/** These events come right after that one, at its time. */
export function withEventsAfter(exhibit: Closed, place: TraceEvent, more: readonly TraceEvent[]): Closed {
  const { events } = exhibit.run.trace
  const at = more.map((event) => ({ ...event, timeUs: place.timeUs }))
  return withTrace(exhibit, events.toSpliced(place.index + 1, 0, ...at))
}

/** All events of the irq under test, vectors given back included. */
export function ownEvents(exhibit: Closed): readonly TraceEvent[] {
  const irq = String(irqOf(exhibit).irq.number)
  const slots = new Set(
    exhibit.run.trace.events
      .filter(({ name, fields }) => name === 'vector_update' && fields['irq'] === irq)
      .map(({ fields }) => `${fields['prev_cpu']}.${fields['prev_vector']}`),
  )
  return exhibit.run.trace.events.filter(
    ({ name, fields }) =>
      fields['irq'] === irq || (name === 'given' && slots.has(`${fields['cpu']}.${fields['bit']}`)),
  )
}

function withTrace(exhibit: Closed, events: readonly TraceEvent[]): Closed {
  const trace = { ...exhibit.run.trace, events: events.map((event, index) => ({ ...event, index })) }
  return { ...exhibit, run: { ...exhibit.run, trace } }
}
