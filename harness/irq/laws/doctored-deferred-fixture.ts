/** Law 3 of a deferred move, and what only it owes of the others, one fact changed at a time. For tests. */
import { CpuMask } from '../cpu-mask.ts'
import {
  type DoctoredFact,
  eventOf,
  type HarmlessFact,
  hasSpareCpu,
  newCpu,
  oldCpu,
  onCpu,
  packetTwice,
  spareCpu,
  thirdCpu,
  unproves,
  violates,
  withoutContext,
  withoutStack,
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
  without,
} from './doctoring-fixture.ts'

const config: Pick = ({ configs }) => configs[0]
const ack: Pick = ({ acks }) => acks[0]
const first: Pick = ({ interrupts }) => interrupts[0]

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
  violates(
    'first-on-old',
    'the first interrupt was handled on the new CPU, and no vector was replaced',
    /was handled on CPU \d+, not/,
    (e) =>
      withEvent(
        without(e, ({ updates }) => updates),
        first,
        onCpu(newCpu(e)),
      ),
    { also: ['released'] },
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
  violates(
    'first-on-old',
    'the first interrupt was counted on an uninvolved CPU',
    /one interrupt on the old CPU/,
    (e) => withCounted(withCounted(e, 0, oldCpu(e), -1), 0, thirdCpu(e)),
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
    withEvent(e, config, withoutStack),
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
    'it came twice on the old CPU, and the kernel raised none again',
    /ran on CPU \d, not on CPU \d/,
    (e) => twice(e, ack),
  ),
  violates(
    'then-on-new',
    'a later interrupt was counted on the old CPU',
    /interrupts after the move: .*CPU/,
    (e) => withCounted(withCounted(e, -1, newCpu(e), -1), -1, oldCpu(e)),
  ),
  violates('then-on-new', 'a later handler ran on the old CPU', /ran on CPU \d+, not on CPU/, (e) =>
    withEvent(e, ({ interrupts }) => interrupts.at(-1), onCpu(oldCpu(e))),
  ),
  violates('then-on-new', 'a later interrupt arrived on the old CPU', /ran on CPU \d+, not on CPU/, (e) =>
    withEvent(e, ({ acks }) => acks.at(-1), onCpu(oldCpu(e))),
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
  unproves('released', 'acknowledges cannot be traced', /no interrupt came on the new CPU/, (e) =>
    without(e, ({ acks }) => acks),
  ),
  violates('settled', 'a second move was tried', /irq_move_masked_irq was entered 2 times/, (e) =>
    twice(e, ({ moves }) => moves[0]),
  ),
]

/** What no law may mind. */
export const HARMLESS_FACTS: readonly HarmlessFact[] = [
  {
    fact: 'the kernel made the irq fire once more on the new CPU, and says so',
    doctor: (e) => {
      const handled = withEventAfter(withCounted(e, 0, newCpu(e)), first, {
        ...eventOf(e, first),
        cpu: newCpu(e),
      })
      const arrived = withEventAfter(handled, first, { ...eventOf(e, ack), cpu: newCpu(e) })
      return withEventAfter(arrived, config, { ...eventOf(e, config), name: 'retrigger' })
    },
  },
  {
    // Seen on 6.1: handle_edge_irq acknowledges it on the new CPU, and the old CPU's loop runs the handler for it.
    fact: 'the kernel made the irq fire once more while the old CPU still ran the handler',
    doctor: (e) => withEventAfter(twice(e, first), first, { ...eventOf(e, ack), cpu: newCpu(e) }),
  },
  {
    // Seen on 6.1: the interrupt that wakes the system from suspend to idle, kernel/irq/pm.c:irq_pm_check_wakeup.
    fact: 'it came while the irq was disabled, and the kernel raised it again',
    doctor: (e) => withEventAfter(twice(e, ack), ack, { ...eventOf(e, config), name: 'retrigger' }),
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
  { fact: 'a packet is traced twice', doctor: packetTwice },
]
