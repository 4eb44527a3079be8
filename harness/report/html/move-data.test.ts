import t from 'tap'
import { assert } from '../../base/errors.ts'
import { judge } from '../../irq/judge.ts'
import { RECORDED, type RecordedRun } from '../../irq/recorded-fixture.ts'
import { bounded, decidedAtUs, moveData } from './move-data.ts'
import { moveWindow } from './move-window.ts'

function windowsOf({ run }: RecordedRun) {
  return run.moves.flatMap((move) => moveWindow(run, move) ?? [])
}

function recorded(name: string): RecordedRun {
  const found = RECORDED.find((one) => one.name === name)
  assert(found !== undefined, `${name} is recorded`)
  return found
}

await t.test(
  'every recorded move can be drawn: nothing lies outside of its window, nothing is upside down',
  async (t) => {
    for (const one of RECORDED)
      for (const window of windowsOf(one)) {
        const data = moveData(window)
        const [from, to] = data.window
        const spans = [...data.effective, ...data.pending, ...data.vectors, ...data.views].map(
          ({ span }) => span,
        )
        const name = `${one.name}, write ${data.id}`
        t.ok(
          spans.every(([begin, end]) => begin >= from && end > begin && end <= to),
          `${name}: bands`,
        )
        t.ok(
          data.events.every(({ atUs }) => atUs >= from && atUs <= to),
          `${name}: events`,
        )
        t.ok(data.effective.length > 0, `${name}: effective is known`)
        t.ok(
          data.effective.every(({ span }, at) => at === 0 || data.effective[at - 1]?.span[1] === span[0]),
          `${name}: effective has no gap`,
        )
        t.equal(data.leftOut, '')
      }
  },
)

await t.test(
  'a deferred move: pending until the hardware is set, which is the event with the stack',
  async (t) => {
    const [window] = windowsOf(recorded('6.1-plain-deferred-move'))
    assert(window !== undefined, 'a move was recorded')
    const data = moveData(window)
    const set = data.events[data.first]
    assert(set !== undefined, 'an event is shown first')
    t.equal(set.kind, 'set')
    t.match(data.stacks[set.stack ?? -1], /irq_move_masked_irq/)
    const [before, after] = data.effective
    t.same(before?.cpus.join(','), data.from)
    t.equal(after?.span[0], set.atUs)
    t.equal(data.pending.length, 1)
    t.equal(data.pending[0]?.span[1], set.atUs)
    const [old, fresh] = data.vectors
    t.match(old, { taken: false, given: true, cpu: before?.cpus[0] })
    t.match(fresh, { taken: true, given: false, cpu: after?.cpus[0] })
    const interrupts = data.events.filter(({ kind }) => kind === 'interrupt')
    t.equal(interrupts[0]?.cpu, before?.cpus[0], 'the first is counted on the old CPU')
    t.equal(interrupts[1]?.cpu, after?.cpus[0])
    t.match(data.sentence, /The request waited .* for the next interrupt, which came on CPU/)
    t.equal(data.views[0]?.name, 'the move')
  },
)

await t.test('a remapped move: within the write, never pending', async (t) => {
  const remapped = RECORDED.find(({ claims }) => claims.some(({ book }) => book === 'immediate'))
  const claim = remapped?.claims.find(({ book }) => book === 'immediate')
  assert(remapped !== undefined && claim !== undefined, 'one is recorded')
  const window = moveWindow(remapped.run, claim.move)
  assert(window !== undefined, 'its write is in the trace')
  const data = moveData(window)
  t.same(data.pending, [])
  t.match(data.sentence, 'in the write itself')
  t.equal(data.views[0]?.name, 'the write, and the move in it')
})

await t.test('verdicts stand at the moment that decided them', async (t) => {
  const { run, claims } = recorded('6.1-plain-deferred-move')
  const [claim] = claims
  assert(claim !== undefined, 'a move was claimed')
  const window = moveWindow(run, claim.move)
  assert(window !== undefined, 'its write is in the trace')
  const at = Object.fromEntries(
    judge(run, claim.move, claim.book).map((verdict) => [
      verdict.law,
      decidedAtUs(window, { ...verdict, numbers: {} }),
    ]),
  )
  const data = moveData(window)
  t.equal(at['held'], data.hold?.[1])
  t.equal(at['first-on-old'], data.events.find(({ kind }) => kind === 'interrupt')?.atUs)
  t.equal(at['once'], data.events[data.first]?.atUs)
  t.ok((at['released'] ?? 0) > (at['once'] ?? Infinity))
  t.equal(at['settled'], undefined, 'a law about the whole of it')
})

await t.test('of a storm the acts and the first and last interrupts are kept, and it is said', async (t) => {
  const [window] = windowsOf(recorded('6.1-plain-deferred-move'))
  const sample = window?.arrivals[0]
  assert(window !== undefined && sample !== undefined, 'an interrupt was recorded')
  const storm = Array.from({ length: 5000 }, (_, at) => ({ ...sample, index: 1_000_000 + at }))
  const { events, leftOut } = bounded([...window.events, ...storm], new Set([...window.arrivals, ...storm]))
  t.equal(events.length, 320)
  t.ok(events.includes(window.begin))
  t.equal(events.at(-1)?.index, 1_004_999)
  t.match(leftOut, new RegExp(`of ${window.events.length + 5000} events are left out`))
})
