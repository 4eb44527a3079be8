/** Does the law of a request that falls with its last CPU notice each changed fact of recorded runs, and nothing else? */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { readEvidence } from '../evidence-json.ts'
import { LAW_BOOKS } from './books.ts'
import { eventOf, onCpu } from './doctored-fact-fixture.ts'
import {
  type Exhibit,
  flipped,
  moveOf,
  verdictsOf,
  withCounted,
  withEffective,
  withEvent,
  withEventAfter,
  withMove,
  without,
  withPending,
  withReadBack,
} from './doctoring-fixture.ts'

const LAW = 'fell-back'

const exhibits: readonly Exhibit[] = ['request-for-a-cpu-that-goes', 'broken-affinity'].flatMap((name) => {
  const file = (part: string): string =>
    readFileSync(new URL(`../fixtures/fell-back/${name}/${part}`, import.meta.url), 'utf8')
  const { run, claims } = readEvidence(file('evidence.json'), file('trace.txt'))
  return claims.map(({ move, book }) => ({ name: `${name}, write ${move.id}`, run, id: move.id, book }))
})

/** The CPU that went, and one that the irq did not go to. */
const gone = (e: Exhibit): number => moveOf(e).write.requested.only()
const elsewhere = (e: Exhibit): number => {
  const ended = moveOf(e).hold?.ended
  return [0, 1, 2].find((cpu) => ended?.effective.has(cpu) !== true) ?? 0
}

type Facts = readonly (readonly [fact: string, says: RegExp, doctor: (e: Exhibit) => Exhibit])[]

const VIOLATED: Facts = [
  ['effective is the CPU that is gone', /effective is 3$/, (e) => withEffective(e, 'ended', gone(e))],
  ['effective is no CPU', /no CPU at all/, (e) => withEffective(e, 'ended')],
  ['effective is two CPUs', /effective is 0-1$/, (e) => withEffective(e, 'ended', 0, 1)],
  ['the request still reads back', /^3 reads back/, (e) => withReadBack(e, 'ended', gone(e))],
  [
    'all CPUs read back, the one that is gone with them',
    /^0-3 reads back/,
    (e) => withReadBack(e, 'ended', 0, 1, 2, 3),
  ],
  ['the request is still pending', /pending all the same/, (e) => withPending(e, 'ended', true)],
  ['an interrupt came elsewhere', /interrupts afterwards/, (e) => withCounted(e, -1, elsewhere(e))],
  ['an interrupt came on the CPU that was gone', /interrupts afterwards/, (e) => withCounted(e, -1, gone(e))],
  ['the request came back with its CPU', /in the end 3 reads back/, (e) => withReadBack(e, -1, gone(e))],
  ['the irq went back to its CPU', /effective is 3$/, (e) => withEffective(e, -1, gone(e))],
  ['in the end it is pending again', /in the end a request is pending/, (e) => withPending(e, -1, true)],
  [
    'the vector was set once more',
    /was set again afterwards/,
    (e) =>
      withEventAfter(e, ({ holdEnded }) => holdEnded, {
        ...eventOf(e, (_, { trace }) => trace.events.filter(({ name }) => name === 'vector_config')),
        fields: { irq: String(moveOf(e).irq.number), cpu: '3', vector: '35' },
      }),
  ],
]

const UNPROVEN: Facts = [
  [
    'the CPU did not go offline',
    /not every CPU of 3 went offline/,
    (e) =>
      without(e, (_, { trace }) => trace.events.filter(({ text }) => text.startsWith('irqlab offlined '))),
  ],
  ['nothing was held', /nothing was held/, (e) => withMove(e, (move) => ({ ...move, hold: undefined }))],
  ['effective was unknown before', /not one CPU/, (e) => withEffective(e, 'began', 2, 3)],
  ['an interrupt came meanwhile', /nothing was sent/, (e) => withCounted(e, 'ended', elsewhere(e))],
  ['the pending bit cannot be read', /cannot be read/, (e) => withPending(e, 'ended', undefined)],
]

await t.test('there is something to doctor', async (t) => {
  t.ok(exhibits.length >= 4)
  for (const exhibit of exhibits) {
    t.same(flipped(exhibit), {}, exhibit.name)
    t.same(
      verdictsOf(exhibit).map(({ law }) => law),
      LAW_BOOKS['fell-back'].map(({ name }) => name),
    )
  }
})

for (const [state, facts] of [
  ['violated', VIOLATED],
  ['unproven', UNPROVEN],
] as const) {
  for (const [fact, says, doctor] of facts) {
    await t.test(`${fact}: ${state}`, async (t) => {
      for (const exhibit of exhibits) {
        const doctored = doctor(exhibit)
        t.same(flipped(doctored), { [LAW]: state }, exhibit.name)
        t.match(verdictsOf(doctored).find(({ law }) => law === LAW)?.sentence, says)
      }
    })
  }
}

await t.test('an irq whose CPU stays may not be moved at all', async (t) => {
  const two = exhibits.filter((e) => moveOf(e).before.readBack.size === 2)
  t.ok(two.length > 0)
  for (const exhibit of two) {
    const move = moveOf(exhibit)
    const others = move.before.readBack.minus(move.before.effective)
    const doctored = withEffective(exhibit, 'ended', others.cpus[0] ?? 0)
    t.match(verdictsOf(doctored).find(({ law }) => law === LAW)?.sentence, /its CPU had not gone/)
  }
})

await t.test('somebody else, and no law says anything', async (t) => {
  for (const exhibit of exhibits) {
    const writer = { ...eventOf(exhibit, ({ write }) => write), comm: 'irqbalance', pid: 77 }
    const spoilt = withEventAfter(exhibit, ({ holdBegan }) => holdBegan, writer)
    t.ok(
      verdictsOf(spoilt).every((verdict) => verdict.state === 'unproven' && 'disturbed' in verdict.numbers),
    )
  }
})

await t.test('where the handler ran is no matter of this law: the counters tell', async (t) => {
  for (const exhibit of exhibits)
    t.same(flipped(withEvent(exhibit, ({ interrupts }) => interrupts.at(-1), onCpu(gone(exhibit)))), {})
})
