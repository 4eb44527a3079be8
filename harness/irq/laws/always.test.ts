/** Does exactly one general law notice each changed fact of a recorded run, and do the others keep quiet? */
import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import { judgeAlways } from '../judge-always.ts'
import type { TraceEvent } from '../trace-event.ts'
import { ALWAYS } from './always.ts'
import {
  type Closed,
  closed,
  irqOf,
  notHeld,
  ownEvents,
  type PickEvents,
  sentenceOf,
  withCounts,
  withEvents,
  withEventsMoved,
  withIrq,
  withReadings,
} from './closed-fixture.ts'
import type { LawName } from './law-names.ts'

const PORT = closed('6.1-plain-exact-gate', 'virtio-serial')
const QUEUE = closed('6.1-plain-exact-gate', 'input.0')
const REMAPPED = closed('6.1-remapped-immediate-move', 'input.0')

const last =
  (name: string): PickEvents =>
  (event, own) =>
    event === own.findLast((other) => other.name === name)

/** All that the last move of the irq left in the trace at once. */
const lastMove: PickEvents = (event, own) =>
  ['vector_update', 'vector_config', 'taken'].some((name) => last(name)(event, own))

/** The CPUs that the irq was on in the end and before that. */
function ends(exhibit: Closed): readonly [number, number] {
  const config = ownEvents(exhibit).findLast(({ name }) => name === 'vector_config')
  const update = ownEvents(exhibit).findLast(({ name }) => name === 'vector_update')
  return [Number(config?.fields['cpu']), Number(update?.fields['prev_cpu'])]
}

/** A CPU that had no part in the last move. */
function third(exhibit: Closed): number {
  return [0, 1, 2, 3].find((cpu) => !ends(exhibit).includes(cpu)) ?? -1
}

/** Places, among the readings of the irq, of the first after its last write and of the first after its last move. */
function turns(exhibit: Closed): readonly [number, number] {
  const own = ownEvents(exhibit)
  const marks = own.filter(
    ({ name, text }) => name === 'tracing_mark_write' && text.startsWith('irqlab reading '),
  )
  const placeOf = (event: TraceEvent | undefined) => {
    const mark = marks.find(({ index }) => index > (event?.index ?? Infinity))?.fields['mark']
    return irqOf(exhibit).readings.findIndex((reading) => reading.mark === mark)
  }
  return [
    placeOf(own.findLast(({ name }) => name === 'set')),
    placeOf(own.findLast(({ name }) => name === 'vector_config')),
  ]
}

/** The move was made in the write itself: the hardware and effective, from then on. */
function movedEarly(exhibit: Closed): Closed {
  const [written, moved] = turns(exhibit)
  const early = withReadings(exhibit, written, moved, (reading) => ({
    ...reading,
    effective: CpuMask.of(ends(exhibit)[0]),
  }))
  const set = ownEvents(exhibit).findLast(({ name }) => name === 'setr' || name === 'set')
  return withEventsMoved(early, lastMove, (event) => event.index === set?.index)
}

/** The move was made after the reading that follows the write. */
function movedLate(exhibit: Closed): Closed {
  const [written] = turns(exhibit)
  const mark = irqOf(exhibit).readings[written]?.mark
  const late = withReadings(exhibit, written, written + 1, (reading) => ({
    ...reading,
    effective: CpuMask.of(ends(exhibit)[1]),
  }))
  return withEventsMoved(late, lastMove, ({ text }) => text.startsWith(`irqlab read mark=${mark} `))
}

interface Fact {
  readonly fact: string
  readonly law: LawName
  readonly says: RegExp
  readonly of: Closed
  readonly doctor: (exhibit: Closed) => Closed
}

const hardware =
  (change: Partial<NonNullable<ReturnType<typeof irqOf>['hardware']['ended']>>) => (e: Closed) =>
    withIrq(e, (irq) => ({
      ...irq,
      hardware: { ...irq.hardware, ended: irq.hardware.ended && { ...irq.hardware.ended, ...change } },
    }))

const FACTS: readonly Fact[] = [
  {
    fact: 'another mask reads back in the end',
    law: 'reads-back',
    says: /was asked for by irqlab, later \d reads back$/,
    of: PORT,
    doctor: (e) => withReadings(e, -1, undefined, (r) => ({ ...r, readBack: CpuMask.of(third(e)) })),
  },
  {
    fact: 'a mask reads back that nobody asked for, of an irq that was left alone',
    law: 'reads-back',
    says: /^\d .*, later 0-1 reads back$/,
    of: REMAPPED,
    doctor: (e) => withReadings(e, 1, 2, (r) => ({ ...r, readBack: CpuMask.of(0, 1) })),
  },
  {
    fact: 'the move was made before any interrupt came',
    law: 'no-move-unasked',
    says: /^effective went from \d to \d with no interrupt$/,
    of: PORT,
    doctor: movedEarly,
  },
  {
    fact: 'with remapping the move was made some time after the write',
    law: 'no-move-unasked',
    says: /^[-\d,]+ was asked for, effective is \d afterwards$/,
    of: REMAPPED,
    doctor: movedLate,
  },
  {
    fact: 'a request is pending in the end',
    law: 'eventually-moved',
    says: /^a request is still pending in the end, \d probes after everything else$/,
    of: PORT,
    doctor: (e) => withReadings(e, -1, undefined, (r) => ({ ...r, state: irqState(0x1d401300) })),
  },
  {
    fact: 'one interrupt was counted on a CPU where none came',
    law: 'counted-where-programmed',
    says: /^effective was CPU \d all the time, interrupts were counted elsewhere: /,
    of: PORT,
    doctor: (e) => withCounts(e, -2, { [ends(e)[0]]: -1, [third(e)]: 1 }),
  },
  {
    fact: 'the interrupt that moved the irq was counted on the new CPU',
    law: 'counted-where-programmed',
    says: /^\d+ interrupts were counted on CPU \d, \d+ came there$/,
    of: PORT,
    doctor: (e) => withCounts(e, turns(e)[1], { [ends(e)[0]]: 1, [ends(e)[1]]: -1 }),
  },
  {
    fact: 'an interrupt came to another CPU',
    law: 'counted-where-programmed',
    says: /^an interrupt came to CPU \d at \d+\.\d+ s, the hardware was set to CPU \d$/,
    of: PORT,
    doctor: (e) => withEvents(e, last('ack'), (event) => [{ ...event, cpu: third(e) }]),
  },
  {
    fact: 'one interrupt was not counted',
    law: 'conserved',
    says: /^\d+ interrupts were counted, \d+ handled$/,
    of: PORT,
    doctor: (e) => withCounts(e, turns(e)[1], { [ends(e)[1]]: -1 }),
  },
  {
    fact: 'one interrupt was counted twice',
    law: 'conserved',
    says: /^\d+ interrupts were counted, \d+ handled$/,
    of: REMAPPED,
    doctor: (e) => withCounts(e, -1, { [ends(e)[0]]: 1 }),
  },
  {
    fact: 'the handler did not run for the last interrupt',
    law: 'conserved',
    says: /^\d+ interrupts were counted, \d+ handled$/,
    of: PORT,
    doctor: (e) => withEvents(e, last('irq_handler_entry'), () => []),
  },
  {
    fact: 'the move was made in process context',
    law: 'traced',
    says: /^the move to CPU \d was made outside of an interrupt$/,
    of: PORT,
    doctor: (e) => withEvents(e, last('vector_config'), (event) => [{ ...event, hardirq: false }]),
  },
  {
    fact: 'with remapping the move was made by an interrupt',
    law: 'traced',
    says: /^the move to CPU \d was made by an interrupt, with nothing pending$/,
    of: REMAPPED,
    doctor: (e) => withEvents(e, last('vector_config'), (event) => [{ ...event, hardirq: true }]),
  },
  {
    fact: 'the hardware was set twice',
    law: 'traced',
    says: /^CPU \d vector \d+ was configured without a new vector$/,
    of: PORT,
    doctor: (e) => withEvents(e, last('vector_config'), (event) => [event, event]),
  },
  {
    fact: 'another CPU made the move',
    law: 'traced',
    says: /^the move to CPU \d was made on CPU \d, not on the old CPU \d$/,
    of: PORT,
    doctor: (e) => withEvents(e, last('vector_config'), (event) => [{ ...event, cpu: third(e) }]),
  },
  {
    fact: 'the last vector that was left was never given back',
    law: 'given-back',
    says: /^1 of \d vectors were never given back: vector \d+ of CPU \d$/,
    of: PORT,
    doctor: (e) =>
      withEvents(
        e,
        (event, own) => last('given')(event, own) || last('vector_free_moved')(event, own),
        () => [],
      ),
  },
  {
    fact: 'the table holds another destination',
    law: 'hardware-agrees',
    says: /^destination 0x\w+ vector \d+ was configured, the MSI-X table holds destination 0x7 vector \d+$/,
    of: PORT,
    doctor: hardware({ dest: 7 }),
  },
  {
    fact: 'the table holds another vector',
    law: 'hardware-agrees',
    says: /the MSI-X table holds destination 0x\w+ vector 99$/,
    of: QUEUE,
    doctor: hardware({ vector: 99 }),
  },
  {
    fact: 'the entry is masked',
    law: 'hardware-agrees',
    says: /^the MSI-X table masks the irq at rest$/,
    of: QUEUE,
    doctor: hardware({ masked: true }),
  },
  {
    fact: 'with remapping the entry changed',
    law: 'hardware-agrees',
    says: /^the MSI-X table held 0x.* before and holds 0xfee00000, with nothing configured$/,
    of: REMAPPED,
    doctor: hardware({ raw: '0xfee00000' }),
  },
  {
    fact: 'a byte is lost in the end',
    law: 'alive',
    says: /^1 of \d probes were never received$/,
    of: PORT,
    doctor: (e) =>
      withIrq(e, (irq) => ({
        ...irq,
        closing: irq.closing.map((batch, at) => (at === 0 ? { ...batch, received: [] } : batch)),
      })),
  },
  {
    fact: 'a datagram is lost in the end',
    law: 'alive',
    says: /^1 of \d probes were never received$/,
    of: QUEUE,
    doctor: (e) => {
      const id = irqOf(e).closing[0]?.sent[0]?.id
      const events = e.run.trace.events.filter(
        ({ name, fields }) => name !== 'napi_gro_receive_entry' || fields['len'] !== id,
      )
      const trace = { ...e.run.trace, events: events.map((event, index) => ({ ...event, index })) }
      return { ...e, run: { ...e.run, trace } }
    },
  },
]

const NAMES = ALWAYS.map(({ name }) => name)

await t.test('untouched: every law is held, of every irq', async (t) => {
  for (const { run } of [PORT, REMAPPED]) {
    const verdicts = judgeAlways(run)
    t.same(
      verdicts.map(({ law, queue }) => `${law} ${queue}`),
      run.irqs.flatMap(({ queue }) => NAMES.map((law) => `${law} ${queue}`)),
    )
    t.same(
      verdicts.filter(({ state }) => state !== 'held'),
      [],
    )
  }
})

await t.test('every law can be violated', async (t) => {
  t.same([...new Set(FACTS.map(({ law }) => law))].sort(), NAMES.toSorted())
})

for (const { fact, law, says, of, doctor } of FACTS) {
  await t.test(`${law}: ${fact}`, async (t) => {
    const doctored = doctor(of)
    t.same(notHeld(doctored), { [law]: 'violated' }, 'this law, and no other')
    t.match(sentenceOf(doctored, law), says)
    t.same(notHeld(of), {}, 'doctoring leaves the recorded evidence alone')
  })
}

await t.test('evidence that is not whole proves nothing', async (t) => {
  const lost = { ...PORT, run: { ...PORT.run, trace: { ...PORT.run.trace, lostEvents: true } } }
  t.equal(Object.values(notHeld(lost)).filter((state) => state === 'unproven').length, NAMES.length * 5)
  const unmarked = withReadings(PORT, 3, 4, (reading) => ({ ...reading, mark: 'gone' }))
  t.same(notHeld(unmarked), Object.fromEntries(NAMES.map((name) => [name, 'unproven'])))
  t.match(sentenceOf(unmarked, 'alive'), /own marks of reading gone$/)
})

await t.test('an irq without a handler cannot fire: some laws do not speak of it', async (t) => {
  const mute = withIrq(PORT, (irq) => ({ ...irq, hasHandler: false, closing: [] }))
  t.same(notHeld(mute), {})
  t.same(
    judgeAlways(mute.run)
      .filter(({ queue }) => queue === PORT.queue)
      .map(({ law }) => law),
    NAMES.filter((name) => !['eventually-moved', 'hardware-agrees', 'alive'].includes(name)),
  )
})
