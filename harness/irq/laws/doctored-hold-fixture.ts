/** Law 2 of a deferred move, and of a request that changes nothing, one fact changed at a time. For tests. */
import type { HoldEvidence } from '../move-evidence.ts'
import {
  type DoctoredFact,
  eventOf,
  newCpu,
  oldCpu,
  thirdCpu,
  unproves,
  violates,
} from './doctored-fact-fixture.ts'
import {
  type Exhibit,
  moveOf,
  type Pick,
  withCounted,
  withEffective,
  withEvent,
  withEventAfter,
  withMove,
  without,
  withPending,
  withReadBack,
} from './doctoring-fixture.ts'

const config: Pick = ({ configs }) => configs[0]
const holdBegan: Pick = ({ holdBegan }) => holdBegan
const holdEnded: Pick = ({ holdEnded }) => holdEnded

/** Events of the neighbours' irqs while the hold lasted. */
const neighbours =
  (name: string, e: Exhibit): Pick =>
  (trace, run) => {
    const irqs = new Set(moveOf(e).hold?.neighbours.map(({ before }) => String(before.irq.number)))
    return run.trace.events
      .slice(trace.holdBegan?.index, trace.holdEnded?.index)
      .filter((event) => event.name === name && irqs.has(event.fields['irq'] ?? ''))
  }

const withHold = (e: Exhibit, change: (hold: HoldEvidence) => HoldEvidence | undefined): Exhibit =>
  withMove(e, (move) => ({ ...move, hold: move.hold && change(move.hold) }))

/** The move in the middle of the hold, at its own place no longer. */
const configuredInHold = (e: Exhibit): Exhibit =>
  withEventAfter(without(e, config), holdBegan, eventOf(e, config))

const TOO_EARLY = { also: ['first-on-old'] } as const
const TRACED_TOO_EARLY = { also: ['first-on-old', 'once'] } as const

/** Law 2: until an interrupt fires nothing moves. */
export const HOLD_FACTS: readonly DoctoredFact[] = [
  ...(['written', 'began', 'ended'] as const).map((stage) =>
    violates(
      'held',
      `effective is the new CPU when ${stage}`,
      /went from \d+ to \d+ with no interrupt/,
      (e) => withEffective(e, stage, newCpu(e)),
      TOO_EARLY,
    ),
  ),
  violates(
    'held',
    'effective was another CPU before',
    /went from \d+ to \d+ with no interrupt/,
    (e) => withEffective(e, 'before', thirdCpu(e)),
    TOO_EARLY,
  ),
  violates(
    'held',
    'the vector was configured in the hold',
    /vector_config at \S+ s although/,
    configuredInHold,
    TRACED_TOO_EARLY,
  ),
  violates(
    'held',
    'the vector was configured in the hold, and again later',
    /vector_config at \S+ s although/,
    (e) => withEventAfter(e, holdBegan, eventOf(e, config)),
    TRACED_TOO_EARLY,
  ),
  violates(
    'held',
    'the vector was configured after the hold, before a probe',
    /vector_config at \S+ s although/,
    (e) => withEventAfter(without(e, config), holdEnded, eventOf(e, config)),
    TRACED_TOO_EARLY,
  ),
  violates('held', 'an interrupt was counted on the old CPU in the hold', /the counters grew \(CPU/, (e) =>
    withCounted(e, 'ended', oldCpu(e)),
  ),
  violates('held', 'an interrupt was counted on the new CPU at the write', /the counters grew \(CPU/, (e) =>
    withCounted(e, 'written', newCpu(e)),
  ),
  ...(['began', 'ended'] as const).map((stage) =>
    violates('held', `another mask reads back when the hold ${stage}`, /reads back with no interrupt/, (e) =>
      withReadBack(e, stage, oldCpu(e)),
    ),
  ),
  ...(['written', 'began', 'ended'] as const).map((stage) =>
    violates('held', `the request is not pending when ${stage}`, /not pending, and no interrupt/, (e) =>
      withPending(e, stage, false),
    ),
  ),
  ...(['written', 'began', 'ended'] as const).map((stage) =>
    unproves('held', `the pending bit cannot be read when ${stage}`, /cannot be read/, (e) =>
      withPending(e, stage, undefined),
    ),
  ),
  unproves('held', 'silence was not asked for', /nothing was held/, (e) => withHold(e, () => undefined)),
  unproves('held', 'the hold was shorter than promised', /lasted \S+ s instead of 5 s/, (e) =>
    withHold(e, (hold) => ({ ...hold, seconds: 5 })),
  ),
  unproves('held', 'the hold ended sooner by the clock of the guest', /lasted 0.5 s instead of 1 s/, (e) =>
    withEvent(e, holdEnded, (event) => ({ ...event, timeUs: eventOf(e, holdBegan).timeUs + 500_000 })),
  ),
  unproves('held', 'the begin of the hold is not in the trace', /the hold is not in the trace/, (e) =>
    without(e, holdBegan),
  ),
  unproves('held', 'the end of the hold is not in the trace', /the hold is not in the trace/, (e) =>
    without(e, holdEnded),
  ),
  unproves('held', 'there were no neighbours', /no neighbour fired and moved/, (e) =>
    withHold(e, (hold) => ({ ...hold, neighbours: [] })),
  ),
  unproves('held', 'the neighbours stood still', /no neighbour fired and moved/, (e) =>
    withHold(e, (hold) => ({
      ...hold,
      neighbours: hold.neighbours.map((neighbour) => ({
        ...neighbour,
        after: { ...neighbour.after, effective: neighbour.before.effective },
      })),
    })),
  ),
  unproves('held', 'the neighbours counted no interrupt', /no neighbour fired and moved/, (e) =>
    withHold(e, (hold) => ({
      ...hold,
      neighbours: hold.neighbours.map((neighbour) => ({
        ...neighbour,
        after: { ...neighbour.after, counts: neighbour.before.counts },
      })),
    })),
  ),
  unproves('held', 'no handler of a neighbour ran in the hold', /no neighbour fired and moved/, (e) =>
    without(e, neighbours('irq_handler_entry', e)),
  ),
  unproves('held', 'no neighbour was moved in the hold', /no neighbour fired and moved/, (e) =>
    without(e, neighbours('vector_config', e)),
  ),
]
