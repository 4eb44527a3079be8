import t from 'tap'
import { moveOn, queueWith, readingOf } from './move-fixture.ts'

const queue = queueWith('PCI-MSIX-0000:00:03.0', 3)

await t.test('a move gathers evidence, and its latest reading is the last one', async (t) => {
  const move = moveOn(queue, 7)
  t.match(move.evidence, {
    id: 7,
    queue: 'input.3',
    stimulus: { kind: 'datagram', queueIndex: 3 },
    irq: { number: 30 },
    batches: [],
    replacedBy: undefined,
  })
  t.equal(move.evidence.hold, undefined)
  t.equal(move.latest, move.evidence.written)

  const [began, ended] = [readingOf(queue, 0, [5, 0, 0, 0]), readingOf(queue, 0, [5, 0, 0, 0])]
  move.addHold({ seconds: 1, began, ended, neighbours: [] })
  t.equal(move.latest, ended)

  const after = readingOf(queue, 2, [6, 0, 0, 0])
  const early = move.evidence
  move.addBatch({ mark: 1, sent: [{ id: '64' }], taken: 1, received: undefined, after })
  t.equal(move.latest, after)
  t.equal(move.evidence.batches.length, 1)
  t.equal(early.batches.length, 0, 'evidence that was given out does not change')
})

await t.test('a request is replaced only while nothing has fired', async (t) => {
  const pending = moveOn(queue, 1)
  pending.replaceBy(2)
  t.equal(pending.evidence.replacedBy, 2)

  const fired = moveOn(queue, 1)
  fired.addBatch({
    mark: 1,
    sent: [{ id: '64' }],
    taken: 1,
    received: undefined,
    after: readingOf(queue, 2, [6, 0, 0, 0]),
  })
  fired.replaceBy(2)
  t.equal(fired.evidence.replacedBy, undefined, 'it had taken effect')
})
