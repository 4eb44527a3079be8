/** Laws 2 and 3 of a deferred move, and what only it owes of the others, one fact changed at a time. For tests. */
import { CpuMask } from '../cpu-mask.ts'
import type { HoldEvidence } from '../move-evidence.ts'
import {
  type DoctoredFact,
  eventOf,
  hasSpareCpu,
  newCpu,
  oldCpu,
  onCpu,
  spareCpu,
  thirdCpu,
  unproves,
  violates,
  withoutContext,
} from './doctored-fact-fixture.ts'
import {
  type Exhibit,
  moveOf,
  type Pick,
  twice,
  withCounted,
  withEffective,
  withEvent,
  withEventAfter,
  withFields,
  withMove,
  without,
  withPending,
  withReadBack,
} from './doctoring-fixture.ts'

const config: Pick = ({ configs }) => configs[0]
const first: Pick = ({ interrupts }) => interrupts[0]
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

const withStack = (e: Exhibit, change: (name: string) => readonly string[]): Exhibit =>
  withEvent(e, config, (event) => ({ ...event, stack: event.stack?.flatMap(change) ?? [] }))

/** Law 3: the first interrupt is counted on the old CPU and moves the irq. */
export const FIRST_FACTS: readonly DoctoredFact[] = [
  violates(
    'first-on-old',
    'the first interrupt was handled on the new CPU',
    /was handled on CPU \d+, not/,
    (e) => withEvent(e, first, onCpu(newCpu(e))),
  ),
  violates('first-on-old', 'the first handler never ran', /was handled on CPU \d+, not on/, (e) =>
    without(e, first),
  ),
  violates(
    'first-on-old',
    'the first interrupt was counted on the new CPU',
    /one interrupt on the old CPU/,
    (e) => withCounted(withCounted(e, 0, oldCpu(e), -1), 0, newCpu(e)),
  ),
  violates('first-on-old', 'the first interrupt was counted twice', /one interrupt on the old CPU/, (e) =>
    withCounted(e, 0, oldCpu(e)),
  ),
  violates(
    'first-on-old',
    'the first interrupt was not counted',
    /one interrupt on the old CPU .*: none/,
    (e) => withCounted(e, 0, oldCpu(e), -1),
  ),
  violates('first-on-old', 'another was counted on an uninvolved CPU', /one interrupt on the old CPU/, (e) =>
    withCounted(e, 0, thirdCpu(e)),
  ),
  violates('first-on-old', 'another was counted on the new CPU', /one probe made 2 interrupts/, (e) =>
    withCounted(e, 0, newCpu(e)),
  ),
  violates(
    'first-on-old',
    'effective stayed the old CPU',
    /after the first interrupt effective is/,
    (e) => withEffective(e, 0, oldCpu(e)),
    { also: ['then-on-new', 'settled'] },
  ),
  violates(
    'first-on-old',
    'effective became the whole mask',
    /after the first interrupt effective is/,
    (e) => withEffective(e, 0, ...moveOf(e).write.requested.cpus),
    { when: hasSpareCpu, also: ['then-on-new'] },
  ),
  violates(
    'first-on-old',
    'effective became the other CPU of the mask',
    /one interrupt on the old CPU|the hardware was set/,
    (e) => withEffective(e, 0, spareCpu(e)),
    { when: hasSpareCpu, also: ['then-on-new'] },
  ),
  violates('first-on-old', 'the new CPU is not online', /after the first interrupt effective is/, (e) => ({
    ...e,
    run: { ...e.run, onlineCpus: e.run.onlineCpus.minus(CpuMask.of(newCpu(e))) },
  })),
  violates('first-on-old', 'no vector was configured', /without a vector_config/, (e) => without(e, config), {
    also: ['once'],
  }),
  violates('first-on-old', 'the move was made on the new CPU', /move was made on CPU \d+, not/, (e) =>
    withEvent(e, config, onCpu(newCpu(e))),
  ),
  violates(
    'first-on-old',
    'the move was made in process context',
    /not made in hard interrupt context/,
    (e) => withEvent(e, config, (event) => ({ ...event, hardirq: false })),
  ),
  violates(
    'first-on-old',
    'the hardware was set to another CPU',
    /hardware was set to CPU \d+, effective/,
    (e) => withFields(e, config, { cpu: String(thirdCpu(e)) }),
    { also: ['then-on-new'] },
  ),
  violates('first-on-old', 'the handler ran before the move', /handler ran before the move/, (e) =>
    withEventAfter(without(e, config), first, eventOf(e, config)),
  ),
  violates(
    'first-on-old',
    'the move did not come from irq_move_masked_irq',
    /does not name irq_move_masked_irq/,
    (e) => withStack(e, (name) => (name === 'irq_move_masked_irq' ? [] : [name])),
  ),
  violates(
    'first-on-old',
    'the move did not come from apic_update_irq_cfg',
    /does not name apic_update_irq_cfg/,
    (e) => withStack(e, (name) => (name === 'apic_update_irq_cfg' ? [] : [name])),
  ),
  unproves('first-on-old', 'the move has no stack', /does not show the stack/, (e) =>
    withEvent(e, config, ({ stack: _, ...event }) => event),
  ),
  unproves('first-on-old', 'nothing tells the context of the move', /does not show the context/, (e) =>
    withEvent(e, config, withoutContext),
  ),
]

const ackOnNew: Pick = (trace) =>
  trace.acks.filter(({ cpu }) => String(cpu) === trace.configs[0]?.fields['cpu'])

/** Laws 4, 6 and 8: what only a deferred move owes them. */
export const DEFERRED_FACTS: readonly DoctoredFact[] = [
  violates(
    'then-on-new',
    'a later interrupt was counted on the old CPU',
    /interrupts after the move: .*CPU/,
    (e) => withCounted(withCounted(e, -1, newCpu(e), -1), -1, oldCpu(e)),
  ),
  violates('then-on-new', 'a later handler ran on the old CPU', /ran on CPU \d+, not on CPU/, (e) =>
    withEvent(e, ({ interrupts }) => interrupts.at(-1), onCpu(oldCpu(e))),
  ),
  violates('then-on-new', 'the handler ran twice on the old CPU', /ran on CPU \d+, not on CPU/, (e) =>
    twice(e, first),
  ),
  unproves('then-on-new', 'the second batch of probes was not marked', /second batch of probes/, (e) =>
    without(e, ({ probes }) => probes[1]),
  ),
  violates(
    'released',
    'the old vector was given back before the new CPU was reached',
    /before an interrupt had arrived/,
    (e) =>
      withEventAfter(
        without(e, ({ freed }) => freed[0]),
        first,
        eventOf(e, ({ freed }) => freed[0]),
      ),
  ),
  unproves(
    'released',
    'no interrupt was acknowledged on the new CPU',
    /no interrupt came on the new CPU/,
    (e) => without(e, ackOnNew),
  ),
  violates('settled', 'a second move was tried', /irq_move_masked_irq was entered 2 times/, (e) =>
    twice(e, ({ moves }) => moves[0]),
  ),
]

/** What no law may mind. */
export const HARMLESS_FACTS: readonly { readonly fact: string; readonly doctor: (e: Exhibit) => Exhibit }[] =
  [
    {
      fact: 'the kernel made the irq fire once more on the new CPU, and says so',
      doctor: (e) =>
        withEventAfter(
          withEventAfter(withCounted(e, 0, newCpu(e)), first, { ...eventOf(e, first), cpu: newCpu(e) }),
          config,
          { ...eventOf(e, config), name: 'retrigger' },
        ),
    },
    {
      fact: 'the compiler made clones of the functions',
      doctor: (e) => withStack(e, (name) => [`${name}.constprop.0.isra.0`]),
    },
    {
      fact: 'functions that this kernel cannot name are not in the stack',
      doctor: (e) => {
        const stripped = withStack(e, (name) => (e.run.traceableFunctions.has(name) ? [] : [name]))
        return { ...stripped, run: { ...stripped.run, traceableFunctions: new Set<string>() } }
      },
    },
    { fact: 'a packet is traced twice', doctor: (e) => twice(e, ({ deliveries }) => deliveries[0]) },
  ]
