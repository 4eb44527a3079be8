import t from 'tap'
import { judge } from './judge.ts'
import type { RunEvidence } from './move-evidence.ts'
import { unlessOthersFired } from './others-fired.ts'
import { RECORDED } from './recorded-fixture.ts'
import type { Verdict } from './verdict.ts'

const recorded = RECORDED.find(({ name }) => name === '6.1-plain-deferred-move')
if (recorded === undefined) throw new Error('the recorded run is not there')
const { run, claims } = recorded
const [claim] = claims
if (claim === undefined) throw new Error('the recorded run claims nothing')

const held = judge(run, claim.move, claim.book)
const accused: readonly Verdict[] = held.map((verdict) => ({ ...verdict, state: 'violated' }))

/** The run with one event more: a copy of one that the claimed irq has, changed. */
function withOneMore(name: string, fields: Readonly<Record<string, string>>): RunEvidence {
  const { events } = run.trace
  const { irq, stimulus } = claim?.move ?? {}
  const queue = stimulus?.kind === 'datagram' ? String(Number(stimulus.queueIndex) + 1) : ''
  const like = events.find(
    (event) =>
      event.name === name &&
      (event.fields['irq'] === String(irq?.number) || event.fields['queue_mapping'] === queue),
  )
  if (like === undefined) throw new Error(`no ${name} in the recorded trace`)
  return {
    ...run,
    trace: { ...run.trace, events: [...events, { ...like, fields: { ...like.fields, ...fields } }] },
  }
}

await t.test('what nobody disturbed stands, whatever it says', (t) => {
  t.same(unlessOthersFired(run, held), held)
  t.same(unlessOthersFired(run, accused), accused)
  t.end()
})

await t.test('a packet of somebody else takes back an accusation, and nothing else', (t) => {
  const stray = withOneMore('napi_gro_receive_entry', { len: '1499' })
  const [first] = unlessOthersFired(stray, accused)
  t.match(first, {
    state: 'unproven',
    sentence: /^disturbed: a packet of 1499 bytes that we did not send came to .*; otherwise it would be/,
    numbers: { disturbed: /1499/ },
  })
  t.same(unlessOthersFired(stray, held), held)
  const elsewhere = withOneMore('napi_gro_receive_entry', { len: '1499', queue_mapping: '77' })
  t.same(unlessOthersFired(elsewhere, accused), accused, 'on another queue it is nobody’s excuse')
  t.end()
})

await t.test('so does a write that is not ours', (t) => {
  const written = withOneMore('set', {})
  const events = written.trace.events.map((event, at) =>
    at < run.trace.events.length ? event : { ...event, pid: 4711, comm: 'irqbalance' },
  )
  const [first] = unlessOthersFired({ ...written, trace: { ...written.trace, events } }, accused)
  t.match(first, {
    state: 'unproven',
    sentence: /^disturbed: irqbalance-4711 wrote mask 0x\w+ to irq \d+ at/,
  })
  t.end()
})

await t.test('so does an interrupt without a datagram', (t) => {
  const [first] = unlessOthersFired(withOneMore('irq_handler_entry', {}), accused)
  t.match(first, { state: 'unproven', sentence: /fired \d+ times in this run, for \d+ datagrams of ours/ })
  t.end()
})
