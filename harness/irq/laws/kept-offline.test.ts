/** Does the law of a request that its CPU's end makes notice each changed fact of a recorded run, and nothing else? */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { readEvidence } from '../evidence-json.ts'
import { LAW_BOOKS } from './books.ts'
import { eventOf, oldCpu, onCpu, thirdCpu } from './doctored-fact-fixture.ts'
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

const file = (name: string): string =>
  readFileSync(new URL(`../fixtures/offline/${name}`, import.meta.url), 'utf8')
const { run, claims } = readEvidence(file('evidence.json'), file('trace.txt'))
const exhibits: readonly Exhibit[] = claims
  .filter(({ book }) => book === 'offline')
  .map(({ move, book }) => ({ name: `write ${move.id}`, run, id: move.id, book }))

const LAW = 'kept-offline'
type Facts = readonly (readonly [fact: string, says: RegExp, doctor: (e: Exhibit) => Exhibit])[]

const VIOLATED: Facts = [
  [
    'effective is the CPU that is gone',
    /is gone, effective is \d$/,
    (e) => withEffective(e, 'ended', oldCpu(e)),
  ],
  [
    'effective is outside of the mask',
    /is gone, effective is \d$/,
    (e) => withEffective(e, 'ended', thirdCpu(e)),
  ],
  ['effective is two CPUs', /is gone, effective is/, (e) => withEffective(e, 'ended', 0, 1, 2)],
  ['effective is no CPU', /effective is no CPU at all/, (e) => withEffective(e, 'ended')],
  [
    'the request is forgotten',
    /was written, \S+ reads back/,
    (e) => withReadBack(e, 'ended', ...e.run.onlineCpus.cpus),
  ],
  ['the request is still pending', /still pending/, (e) => withPending(e, 'ended', true)],
  [
    'an interrupt was counted elsewhere',
    /interrupts afterwards: .*CPU/,
    (e) => withCounted(e, 0, thirdCpu(e)),
  ],
  ['another mask reads back in the end', /in the end \S+ reads back/, (e) => withReadBack(e, -1, oldCpu(e))],
  [
    'effective is another CPU in the end',
    /in the end .* effective is/,
    (e) => withEffective(e, -1, thirdCpu(e)),
  ],
]

const UNPROVEN: Facts = [
  [
    'the CPU did not go offline',
    /did not go offline/,
    (e) =>
      without(e, (_, { trace }) => trace.events.filter(({ text }) => text.startsWith('irqlab offlined '))),
  ],
  ['nothing was held', /nothing was held/, (e) => withMove(e, (move) => ({ ...move, hold: undefined }))],
  ['effective was unknown before', /not one CPU/, (e) => withEffective(e, 'before', 2, 3)],
  [
    'an interrupt was counted before the first probe',
    /before the first probe/,
    (e) => withCounted(e, 'ended', oldCpu(e)),
  ],
  ['the pending bit cannot be read', /cannot be read/, (e) => withPending(e, 'ended', undefined)],
]

await t.test('there is something to doctor', async (t) => {
  t.ok(exhibits.length >= 2)
  for (const exhibit of exhibits) {
    t.same(flipped(exhibit), {}, exhibit.name)
    t.same(
      verdictsOf(exhibit).map(({ law }) => law),
      LAW_BOOKS.offline.map(({ name }) => name),
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

await t.test('somebody else, or an interrupt of nobody, and no law says anything', async (t) => {
  for (const exhibit of exhibits) {
    const writer = { ...eventOf(exhibit, ({ write }) => write), comm: 'irqbalance', pid: 77 }
    const stray = { ...eventOf(exhibit, ({ interrupts }) => interrupts[0]), cpu: oldCpu(exhibit) }
    for (const event of [writer, stray]) {
      const spoilt = withEventAfter(exhibit, ({ holdBegan }) => holdBegan, event)
      t.ok(
        verdictsOf(spoilt).every((verdict) => verdict.state === 'unproven' && 'disturbed' in verdict.numbers),
      )
    }
  }
})

await t.test('where the handler ran is no matter of this law: the counters tell', async (t) => {
  for (const exhibit of exhibits) {
    const elsewhere = withEvent(exhibit, ({ interrupts }) => interrupts.at(-1), onCpu(oldCpu(exhibit)))
    t.same(flipped(elsewhere), {})
    t.ok(moveOf(elsewhere).batches.length > 0)
  }
})
