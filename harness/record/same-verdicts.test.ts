import * as fc from 'fast-check'
import t from 'tap'
import { aRecord, aVerdict } from './record-fixture.ts'
import { compareVerdicts, exitCodeOfSameness } from './same-verdicts.ts'

const violated = aVerdict({ law: 'held', state: 'violated', sentence: 'it moved' })

void t.test('the same verdicts are the same in whatever order they stand', (t) => {
  const verdicts = fc.uniqueArray(
    fc.record({
      law: fc.constantFrom('accepted' as const, 'held' as const, 'once' as const),
      queue: fc.constantFrom('input.0', 'input.1'),
      move: fc.integer({ min: 0, max: 3 }),
      state: fc.constantFrom('held' as const, 'violated' as const, 'unproven' as const),
    }),
    { selector: ({ law, queue, move }) => `${law} ${queue} ${move}`, minLength: 1 },
  )
  fc.assert(
    fc.property(verdicts, fc.nat(), (list, turn) => {
      const all = list.map((one) => aVerdict(one))
      const at = turn % all.length
      const turned = [...all.slice(at), ...all.slice(0, at)].toReversed()
      const outcome = 'fail' as const
      const sameness = compareVerdicts(
        aRecord({ outcome, verdicts: all }),
        aRecord({ outcome, verdicts: turned }),
      )
      t.equal(sameness.answer, 'same')
    }),
  )
  t.end()
})

void t.test('a guest from a snapshot counts its writes from another number', (t) => {
  const from = (first: number) =>
    aRecord({
      verdicts: [first, first + 3].flatMap((move, at) => [
        aVerdict({ move, queue: `input.${at}` }),
        aVerdict({ move, queue: `input.${at}`, law: 'once' }),
        aVerdict({ move: 0, queue: `input.${at}`, law: 'alive' }),
      ]),
    })
  t.equal(compareVerdicts(from(1), from(9)).answer, 'same')
  t.equal(compareVerdicts(from(1), aRecord({ verdicts: from(9).verdicts.slice(3) })).answer, 'differ')
  t.end()
})

void t.test('a verdict that changed, came or went is a difference, and is named', (t) => {
  const before = aRecord()
  const changed = compareVerdicts(before, aRecord({ outcome: 'fail', verdicts: [aVerdict(), violated] }))
  t.equal(changed.answer, 'differ')
  t.equal(exitCodeOfSameness(changed), 1)
  t.match(changed.differences, [{ law: 'held', before: 'held', now: 'violated', sentence: 'it moved' }])
  const gone = compareVerdicts(before, aRecord({ verdicts: [aVerdict()] }))
  t.match(gone.differences, [{ law: 'held', before: 'held', now: undefined }])
  t.equal(compareVerdicts(before, aRecord({ outcome: 'known' })).answer, 'differ')
  t.end()
})

void t.test('what is broken or was skipped cannot be compared', (t) => {
  for (const outcome of ['broken', 'skip'] as const) {
    for (const [a, b] of [
      [aRecord({ outcome }), aRecord()],
      [aRecord(), aRecord({ outcome })],
    ] as const) {
      const sameness = compareVerdicts(a, b)
      t.equal(sameness.answer, 'cannot tell')
      t.equal(exitCodeOfSameness(sameness), 2)
    }
  }
  t.end()
})

void t.test('a kernel that faults again is the same, without any verdict', (t) => {
  const fault = aRecord({ outcome: 'fail', stage: 'kernel', reason: 'Oops', verdicts: [] })
  t.equal(compareVerdicts(fault, aRecord({ ...fault, reason: 'Oops, elsewhere' })).answer, 'same')
  t.equal(compareVerdicts(fault, aRecord()).answer, 'differ')
  t.equal(compareVerdicts(aRecord(), fault).answer, 'differ')
  t.equal(exitCodeOfSameness(compareVerdicts(aRecord(), aRecord())), 0)
  t.end()
})
