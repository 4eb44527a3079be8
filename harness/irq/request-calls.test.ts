/** Has each request its begin, its end, its owner, whoever made it? */
import t from 'tap'
import { assert } from '../base/errors.ts'
import { closed, irqOf } from './laws/closed-fixture.ts'
import type { RunEvidence } from './move-evidence.ts'
import { type RequestCall, requestCalls } from './request-calls.ts'
import type { TraceEvent } from './trace-event.ts'

const { run, queue } = closed('6.1-remapped-immediate-move', 'input.0')
const { number } = irqOf({ run, queue }).irq

/** The same run; what `change` gives stands where its event stood. */
function changed(change: (event: TraceEvent) => readonly TraceEvent[]): RunEvidence {
  const events = run.trace.events.flatMap(change).map((event, index) => ({ ...event, index }))
  return { ...run, trace: { ...run.trace, events } }
}

function lastOf(calls: readonly RequestCall[]): RequestCall {
  const call = calls.at(-1)
  assert(call !== undefined, 'the irq was written')
  return call
}

const own = lastOf(requestCalls(run, number))
const stranger: TraceEvent = { ...own.event, comm: 'irqbalance', pid: 77 }
/** One that wrote right after this line of ours. */
const after = (text: string) =>
  changed((event) => (event.text.startsWith(text) ? [event, stranger] : [event]))

await t.test('a write of ours has its number, and ends where it returns', async (t) => {
  const ids = run.moves.filter(({ irq }) => irq.number === number).map(({ id }) => id)
  const calls = requestCalls(run, number)
  t.same(
    calls.map(({ id }) => id),
    ids,
  )
  for (const { event, end, returned, isStrangers } of calls) {
    t.equal(run.trace.events[end]?.name, 'setr')
    t.equal(run.trace.events[end]?.pid, event.pid)
    t.ok(end > event.index)
    t.equal(returned, 0)
    t.notOk(isStrangers)
  }
  t.same(requestCalls(run, 9999), [])
})

await t.test('a stranger is nobody of ours, even within our write', async (t) => {
  for (const verb of ['write', 'written']) {
    const calls = requestCalls(after(`irqlab ${verb} id=${own.id} `), number)
    t.same(
      calls.filter(({ isStrangers }) => isStrangers).map(({ event, id }) => [event.comm, id]),
      [['irqbalance', undefined]],
      `after the mark of ${verb}`,
    )
    t.same(calls.filter(({ id }) => id === own.id).length, 1)
  }
})

await t.test('one write makes one call: a second of its process is not ours', async (t) => {
  const twice = changed((event) => (event === own.event ? [event, event] : [event]))
  const calls = requestCalls(twice, number).filter(({ event }) => event.pid === own.event.pid)
  t.same(calls.map(({ id }) => id).slice(-2), [own.id, undefined])
})

await t.test('what a driver asks for within an act of ours is no stranger’s', async (t) => {
  const mark = run.trace.events.find(({ text }) => text.startsWith(`irqlab written id=${own.id} `))
  assert(mark !== undefined, 'the mark is there')
  const acts = (verb: string): TraceEvent => ({ ...mark, text: `irqlab ${verb} what=channels`, fields: {} })
  const driver: TraceEvent = { ...own.event, comm: 'ethtool', pid: 78 }
  const strangers = (...more: readonly TraceEvent[]) =>
    requestCalls(
      changed((event) => (event === mark ? [event, acts('act'), ...more] : [event])),
      number,
    )
      .filter(({ isStrangers }) => isStrangers)
      .map(({ event }) => event.comm)
  t.same(strangers(driver, acts('acted')), [])
  t.same(strangers(acts('acted'), driver), ['ethtool'], 'after the act it is somebody’s own idea')
  t.same(strangers(own.event, acts('acted'), own.event), [own.event.comm], 'our shell may do both')
  t.same(
    strangers(stranger, driver, acts('acted'), stranger),
    ['irqbalance', 'irqbalance'],
    'who writes at other times too is one within it as well',
  )
})

await t.test(
  'a call that does not return is not over; without any return nothing is known of ends',
  async (t) => {
    const endless = changed((event) => (event.index === own.end ? [] : [event]))
    t.match(lastOf(requestCalls(endless, number)), { end: Infinity, returned: undefined })
    const silent = changed((event) => (event.name === 'setr' ? [] : [event]))
    const { event, end, returned } = lastOf(requestCalls(silent, number))
    t.equal(end, event.index)
    t.equal(returned, undefined)
  },
)
