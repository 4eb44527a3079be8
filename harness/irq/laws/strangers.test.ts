/** Somebody else writes to the irq at any moment of a run: is he named, and the kernel never accused of what he did? */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { assert } from '../../base/errors.ts'
import { CpuMask } from '../cpu-mask.ts'
import { readEvidence } from '../evidence-json.ts'
import { irqState } from '../irq-state.ts'
import { judge } from '../judge.ts'
import { judgeAlways } from '../judge-always.ts'
import type { TraceEvent } from '../trace-event.ts'
import {
  type Closed,
  irqOf,
  notHeld,
  ownEvents,
  sentenceOf,
  withEventsAfter,
  withIrq,
  withReadings,
} from './closed-fixture.ts'
import { PORT, REMAPPED } from './doctored-always-fixture.ts'

for (const name of ['6.1-plain-second-writer', '6.1-remapped-second-writer']) {
  await t.test(`${name}: nothing is violated, and he is named`, async (t) => {
    const text = (file: string) =>
      readFileSync(new URL(`../fixtures/closed/${name}/${file}`, import.meta.url), 'utf8')
    const { run, claims } = readEvidence(text('evidence.json'), text('trace.txt'))
    const verdicts = [...claims.flatMap(({ move, book }) => judge(run, move, book)), ...judgeAlways(run)]
    t.same(
      verdicts.filter(({ state }) => state === 'violated').map(({ law, sentence }) => `${law}: ${sentence}`),
      [],
    )
    const disturbed = verdicts.filter(({ numbers }) => 'disturbed' in numbers)
    t.same(
      [...new Set(disturbed.map(({ move }) => move))].filter((move) => move > 0).length,
      claims.length,
      'every claim is spoilt',
    )
    for (const { sentence } of disturbed)
      t.match(sentence, /^disturbed: sh-16\d wrote mask 0x\d to irq \d+ at /)
  })
}

/** The last event of the irq with this name. */
function last(exhibit: Closed, name: string): TraceEvent {
  const event = ownEvents(exhibit).findLast((one) => one.name === name)
  assert(event !== undefined, `${name} is in the trace`)
  return event
}

/** The mark behind a reading, or with `reading` the one before it; -1 is the last. */
function markOf(exhibit: Closed, at: number, verb: 'read' | 'reading' = 'read'): TraceEvent {
  const head = `irqlab ${verb} mark=${irqOf(exhibit).readings.at(at)?.mark} `
  const event = exhibit.run.trace.events.find(({ text }) => text.startsWith(head))
  assert(event !== undefined, `${head} is in the trace`)
  return event
}

/** What irqbalance leaves in the trace when it asks for a CPU. */
function hisRequest(exhibit: Closed, cpu: number): readonly TraceEvent[] {
  const call = last(exhibit, 'set')
  const end = exhibit.run.trace.events.find(
    ({ name, index, pid }) => name === 'setr' && index > call.index && pid === call.pid,
  )
  assert(end !== undefined, 'a call of ours returned')
  const fields = { ...call.fields, mask: `0x${(1 << cpu).toString(16)}` }
  return [{ ...call, fields }, end].map((event) => ({ ...event, comm: 'irqbalance', pid: 77 }))
}

/** Pending in the end, for that CPU, as the last reading shows it. */
const pendingFor = (exhibit: Closed, cpu: number) =>
  withReadings(exhibit, -1, undefined, (reading) => ({
    ...reading,
    readBack: CpuMask.of(cpu),
    state: irqState(0x1d401300),
  }))
const elsewhere = (exhibit: Closed): number =>
  [0, 1, 2, 3].find((cpu) => irqOf(exhibit).readings.every(({ effective }) => !effective.has(cpu))) ?? 3
const NAMED = /^disturbed: irqbalance-77 wrote mask 0x[0-9a-f] to irq \d+ at \d+\.\d+ s; /

await t.test('asked after the last probe: no interrupt could move the irq for it', async (t) => {
  const cpu = elsewhere(PORT)
  const his = hisRequest(PORT, cpu)
  const lastLook = markOf(PORT, -1, 'reading')
  const before = PORT.run.trace.events[lastLook.index - 1]
  assert(before !== undefined && before.index > last(PORT, 'irq_handler_entry').index, 'nothing fired since')
  const late = withEventsAfter(pendingFor(PORT, cpu), before, his)
  t.same(notHeld(late), { 'eventually-moved': 'unproven' })
  t.match(sentenceOf(late, 'eventually-moved'), NAMED)
  t.match(sentenceOf(late, 'eventually-moved'), /asked for too late: no interrupt came after that/)
})

await t.test('asked before the last probes: they had to move it, whoever asked', async (t) => {
  const cpu = elsewhere(PORT)
  const his = hisRequest(PORT, cpu)
  const closing = PORT.run.trace.events.find(({ text }) => text.startsWith('irqlab closing'))
  assert(closing !== undefined, 'the run was closed')
  for (const place of [markOf(PORT, -2 - irqOf(PORT).closing.length), closing]) {
    const early = withEventsAfter(pendingFor(PORT, cpu), place, his)
    t.equal(notHeld(early)['eventually-moved'], 'violated', place.text)
  }
})

await t.test('while he asks, a reader may see the irq as before or as after', async (t) => {
  // The last request of ours, made to end behind the reading that follows it.
  const call = last(REMAPPED, 'set')
  const at = irqOf(REMAPPED).readings.findIndex(
    (_, place) => markOf(REMAPPED, place, 'reading').index > call.index,
  )
  const older = irqOf(REMAPPED).readings[at - 1]
  assert(older !== undefined, 'a reading before the request')
  const stale = withReadings(REMAPPED, at, at + 1, (reading) => ({ ...reading, readBack: older.readBack }))
  t.same(notHeld(stale), { 'reads-back': 'violated' }, 'after the call everybody sees it')
  const { events } = stale.run.trace
  const end = events.find(({ name, index, pid }) => name === 'setr' && index > call.index && pid === call.pid)
  assert(end !== undefined, 'the call returned')
  const endless = events.filter((event) => event !== end).map((event, index) => ({ ...event, index }))
  const open = { ...stale, run: { ...stale.run, trace: { ...stale.run.trace, events: endless } } }
  t.ok(Object.values(notHeld(open)).every((state) => state === 'unproven'))
  t.match(sentenceOf(open, 'traced'), /^the trace does not show that the request for [-\d,]+ returned$/)
  const slow = withEventsAfter(open, markOf(open, at), [end])
  t.same(notHeld(slow), {})
})

await t.test('what he had made after the last reading, the device may hold or not', async (t) => {
  const cpu = elsewhere(PORT)
  const config = last(PORT, 'vector_config')
  const fields = { ...config.fields, cpu: String(cpu), vector: '99', apicdest: '0x0000000f' }
  const made = withEventsAfter(PORT, markOf(PORT, -1), [
    ...hisRequest(PORT, cpu),
    { ...config, name: 'vector_config', fields },
  ])
  const holding = (dest: number, vector: number) =>
    notHeld(
      withIrq(made, (irq) => ({
        ...irq,
        hardware: { ...irq.hardware, ended: irq.hardware.ended && { ...irq.hardware.ended, dest, vector } },
      })),
    )['hardware-agrees']
  const { ended } = irqOf(PORT).hardware
  assert(ended !== undefined, 'the table was read')
  t.equal(holding(ended.dest, ended.vector), undefined, 'not yet')
  t.equal(holding(0xf, 99), undefined, 'already')
  t.equal(holding(ended.dest, 99), 'violated', 'a half of each is neither')
})
