/** One changed fact, and the one law that must notice it. For tests of the laws and of what a campaign makes of them. */
import { assert } from '../../base/errors.ts'
import type { TraceEvent } from '../trace-event.ts'
import { type Exhibit, moveOf, type Pick, traceOf, twice } from './doctoring-fixture.ts'
import type { LawName } from './law-names.ts'

/** A change of recorded evidence that is one law's matter. */
export interface DoctoredFact {
  /** What is different, in one sentence. */
  readonly fact: string
  readonly law: LawName
  readonly becomes: 'violated' | 'unproven'
  /** What the law says of it. */
  readonly says: RegExp
  readonly doctor: Doctor
  /** The laws that lose their premise by it: they become unproven. All others stay held. */
  readonly also: readonly LawName[]
  /** False for exhibits where the fact is not possible. */
  readonly when: (exhibit: Exhibit) => boolean
}

/** A change that no law may mind. */
export interface HarmlessFact {
  readonly fact: string
  readonly doctor: Doctor
}

/** Changes one fact. */
export type Doctor = (exhibit: Exhibit) => Exhibit

interface Circumstances {
  readonly also?: readonly LawName[]
  readonly when?: (exhibit: Exhibit) => boolean
}

/** A fact that violates a law. */
export function violates(
  law: LawName,
  fact: string,
  says: RegExp,
  doctor: Doctor,
  { also = [], when = () => true }: Circumstances = {},
): DoctoredFact {
  return { law, fact, becomes: 'violated', says, doctor, also, when }
}

/** A fact that leaves a law without its proof. */
export function unproves(
  law: LawName,
  fact: string,
  says: RegExp,
  doctor: Doctor,
  circumstances: Circumstances = {},
): DoctoredFact {
  return { ...violates(law, fact, says, doctor, circumstances), becomes: 'unproven' }
}

/** The CPU that was effective before the write. */
export function oldCpu(exhibit: Exhibit): number {
  return moveOf(exhibit).before.effective.only()
}

/** The CPU that the hardware was set to. */
export function newCpu(exhibit: Exhibit): number {
  return Number(eventOf(exhibit, (trace) => trace.configs[0]).fields['cpu'])
}

/** An online CPU that has no part in the move: not the old one, not in the mask. */
export function thirdCpu(exhibit: Exhibit): number {
  const { before, write } = moveOf(exhibit)
  const [third] = exhibit.run.onlineCpus.minus(before.effective).minus(write.requested).cpus
  assert(third !== undefined, `${exhibit.name}: a CPU has no part in the move`)
  return third
}

/** A CPU of the mask other than the one that the irq moved to. Ask `hasSpareCpu` first. */
export function spareCpu(exhibit: Exhibit): number {
  const spare = moveOf(exhibit).write.requested.cpus.find((cpu) => cpu !== newCpu(exhibit))
  assert(spare !== undefined, `${exhibit.name}: the mask has two CPUs`)
  return spare
}

/** True when the mask has more than one CPU. */
export function hasSpareCpu(exhibit: Exhibit): boolean {
  return moveOf(exhibit).write.requested.size > 1
}

/** The picked event, which is there. */
export function eventOf(exhibit: Exhibit, pick: Pick): TraceEvent {
  const [event] = [pick(traceOf(exhibit), exhibit.run) ?? []].flat()
  assert(event !== undefined, `${exhibit.name}: the event is in the trace`)
  return event
}

/** The first packet of the move stands twice in its trace; a move that no datagram fired stays as it is. */
export function packetTwice(exhibit: Exhibit): Exhibit {
  const byDatagrams = moveOf(exhibit).stimulus.kind === 'datagram'
  return byDatagrams ? twice(exhibit, ({ deliveries }) => deliveries[0]) : exhibit
}

/** Puts an event onto another CPU. */
export function onCpu(cpu: number): (event: TraceEvent) => TraceEvent {
  return (event) => ({ ...event, cpu })
}

/** An event of a trace taken without `irq-info`: nothing tells its context. */
export function withoutContext(event: TraceEvent): TraceEvent {
  return { ...event, flags: '', hardirq: undefined, softirq: undefined }
}

/** An event whose stack was not recorded. */
export function withoutStack(event: TraceEvent): TraceEvent {
  const bare: Omit<TraceEvent, 'stack'> & { stack?: readonly string[] } = { ...event }
  delete bare.stack
  return bare
}
