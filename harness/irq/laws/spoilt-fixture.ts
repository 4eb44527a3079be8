/** Evidence that says nothing of the kernel: somebody else was at it, we lost part of it, or nothing was asked. For tests. */
import type { MoveTrace } from '../move-trace.ts'
import type { TraceEvent } from '../trace-event.ts'
import { eventOf } from './doctored-fact-fixture.ts'
import {
  type Exhibit,
  moveOf,
  type Pick,
  withCounted,
  withEventAfter,
  withMove,
  without,
} from './doctoring-fixture.ts'

/** A change after which no law may say anything. */
export interface SpoiltEvidence {
  readonly fact: string
  /** Said of every law. */
  readonly says: RegExp
  /** Where the run then ends as broken. */
  readonly stage: 'disturbed' | 'unproven'
  /** False for exhibits where it is not possible. */
  readonly when: (exhibit: Exhibit) => boolean
  readonly doctor: (exhibit: Exhibit) => Exhibit
}

const written: Pick = ({ write }) => write
const holdBegan: Pick = (trace) => trace.holdBegan
const firstProbe: Pick = ({ probes }) => probes[0]
const mark =
  (verb: string, id: number): Pick =>
  (_, run) =>
    run.trace.events.find(({ text }) => text.startsWith(`irqlab ${verb} id=${id} `))

const wasHeld = (e: Exhibit): boolean => moveOf(e).hold !== undefined
const wasProbed = (e: Exhibit): boolean => moveOf(e).batches.length > 0
const always = (): boolean => true

const foreignWrite = (e: Exhibit): TraceEvent => ({
  ...eventOf(e, written),
  comm: 'irqbalance',
  pid: 77,
})
/** Some irq's interrupt, as if it had been this one's. */
const strayInterrupt = (e: Exhibit): TraceEvent => {
  const name = 'irq_handler_entry'
  const event = eventOf(e, (_, run) => run.trace.events.find((candidate) => candidate.name === name))
  return { ...event, cpu: 1, fields: { ...event.fields, irq: String(moveOf(e).irq.number) } }
}
const strayPacket = (e: Exhibit): TraceEvent => {
  const event = eventOf(e, ({ deliveries }) => deliveries)
  return { ...event, fields: { ...event.fields, len: '999' } }
}

/** Somebody else was there, or the trace is not whole. */
export const SPOILT: readonly SpoiltEvidence[] = [
  {
    fact: 'the trace lost events',
    says: /^the trace lost events/,
    stage: 'unproven',
    when: always,
    doctor: (e) => ({ ...e, run: { ...e.run, trace: { ...e.run.trace, lostEvents: true } } }),
  },
  {
    fact: 'somebody else wrote right after us',
    says: /^disturbed: irqbalance-77 wrote mask 0x[0-9a-f]+ to irq \d+ at \d+\.\d{6} s$/,
    stage: 'disturbed',
    when: always,
    doctor: (e) => withEventAfter(e, mark('written', e.id), foreignWrite(e)),
  },
  {
    fact: 'somebody else wrote while we held still',
    says: /^disturbed: irqbalance-77 wrote mask/,
    stage: 'disturbed',
    when: wasHeld,
    doctor: (e) => withEventAfter(e, holdBegan, foreignWrite(e)),
  },
  {
    fact: 'a packet came that we did not send',
    says: /^disturbed: a packet of 999 bytes that we did not send came to input\.\d at \d+\.\d{6} s$/,
    stage: 'disturbed',
    when: (e) => wasProbed(e) && moveOf(e).stimulus.kind === 'datagram',
    doctor: (e) => withEventAfter(e, firstProbe, strayPacket(e)),
  },
  {
    fact: 'the irq fired in the hold',
    says: /^disturbed: irq \d+ fired on CPU 1 at \d+\.\d{6} s, before any probe was sent$/,
    stage: 'disturbed',
    when: wasHeld,
    doctor: (e) => withCounted(withEventAfter(e, holdBegan, strayInterrupt(e)), 'ended', 1),
  },
  {
    fact: 'the irq fired before the first probe',
    says: /^disturbed: irq \d+ fired on CPU 1/,
    stage: 'disturbed',
    when: always,
    doctor: (e) => withCounted(withEventAfter(e, mark('written', e.id), strayInterrupt(e)), 'began', 1),
  },
  {
    fact: 'our own mark of the write is missing',
    says: /^the trace does not show irqlab's own mark of the write$/,
    stage: 'unproven',
    when: always,
    doctor: (e) => without(e, mark('write', e.id)),
  },
  {
    fact: 'our own mark of the end of the write is missing',
    says: /^the trace does not show irqlab's own mark of the end of the write$/,
    stage: 'unproven',
    when: always,
    doctor: (e) => without(e, mark('written', e.id)),
  },
  {
    fact: 'our own mark of the first probe is missing',
    says: /^the trace does not show irqlab's own mark of the first probe$/,
    stage: 'unproven',
    when: wasProbed,
    doctor: (e) => without(e, firstProbe),
  },
]

/** All that an interrupt of the irq leaves in the trace, and all that a deferred one does. */
function tracesOfInterrupts(trace: MoveTrace, deferred: boolean): readonly TraceEvent[] {
  const { interrupts, acks, deliveries, retriggers } = trace
  const { moves, configs, updates, freed, matrixAllocs, matrixFrees } = trace
  const moved = deferred ? [...moves, ...configs, ...updates, ...freed, ...matrixAllocs, ...matrixFrees] : []
  return [...interrupts, ...acks, ...deliveries, ...retriggers, ...moved]
}

/** As if no probe had ever been sent. */
export function neverProbed(exhibit: Exhibit): Exhibit {
  const silent = without(exhibit, (trace) => tracesOfInterrupts(trace, exhibit.book !== 'immediate'))
  return withMove(silent, (move) => ({ ...move, batches: [] }))
}

/** As if the probes had been sent and QEMU had never taken them from the tap. */
export function neverTaken(exhibit: Exhibit): Exhibit {
  const silent = without(exhibit, (trace) => tracesOfInterrupts(trace, exhibit.book !== 'immediate'))
  return withMove(silent, (move) => ({
    ...move,
    batches: move.batches.map((batch) => ({
      ...batch,
      taken: 0,
      received: batch.received && [],
      after: move.hold?.ended ?? move.written,
    })),
  }))
}

/** As if the kernel had refused the write, with nothing else changed. */
export function refused(exhibit: Exhibit): Exhibit {
  return withMove(exhibit, (move) => ({
    ...move,
    write: { ...move.write, error: 'Operation not permitted' },
  }))
}
