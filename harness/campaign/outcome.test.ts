import t from 'tap'
import { Bug, KernelFault, NotApplicable, Trouble } from '../base/errors.ts'
import type { Verdict, VerdictState } from '../irq/verdict.ts'
import { type Outcome, OUTCOMES } from '../record/run-record.ts'
import type { KnownFailure } from '../scenario/known-failure.ts'
import { concludeFrom, concludeFromError, exitCodeOf, worst } from './outcome.ts'

const verdict = (law: Verdict['law'], state: VerdictState, numbers: Verdict['numbers'] = {}): Verdict => ({
  law,
  queue: 'input.1',
  irq: 30,
  move: 1,
  state,
  sentence: `${law} was seen`,
  numbers,
})
const declared = (law: Verdict['law']): KnownFailure => ({ law, reason: 'CVE-2024-31076 is not fixed here' })

/** Every list of up to `length` of these. */
function lists<T>(of: readonly T[], length: number): T[][] {
  if (length === 0) return [[]]
  const shorter = lists(of, length - 1)
  const longest = shorter.filter((list) => list.length === length - 1)
  return [...shorter, ...longest.flatMap((list) => of.map((one) => [...list, one]))]
}

await t.test(
  'the table of outcomes: two laws, every state of each, one of them declared or not',
  async (t) => {
    const states: readonly VerdictState[] = ['held', 'violated', 'unproven']
    const each = states.flatMap((state) => [verdict('once', state), verdict('released', state)])
    for (const verdicts of lists(each, 3)) {
      for (const known of [[], [declared('released')]]) {
        const of = (law: string, state: VerdictState): boolean =>
          verdicts.some((one) => one.law === law && one.state === state)
        const isKnown = known.length > 0
        const releasedAsked = verdicts.some(({ law }) => law === 'released')
        // README, "Outcomes and exit codes", row by row, worst first.
        let expected: Outcome = 'pass'
        if (verdicts.length === 0) expected = 'broken'
        if (of('released', 'violated')) expected = isKnown ? 'known' : 'fail'
        if (of('once', 'unproven') || of('released', 'unproven')) expected = 'broken'
        if (isKnown && releasedAsked && !of('released', 'violated') && !of('released', 'unproven'))
          expected = 'fixed'
        if (of('once', 'violated') || (!isKnown && of('released', 'violated'))) expected = 'fail'
        const name = `${verdicts.map(({ law, state }) => `${law} ${state}`).join(', ')}${isKnown ? '; declared' : ''}`
        t.equal(concludeFrom(verdicts, known).outcome, expected, name || 'no verdicts')
      }
    }
  },
)

await t.test('the reason names law, queue, irq and what was seen', async (t) => {
  t.match(concludeFrom([verdict('held', 'held'), verdict('once', 'violated')]), {
    outcome: 'fail',
    reason: /^once violated on input\.1 \(irq 30.*\): once was seen$/,
    stage: undefined,
  })
  t.match(concludeFrom([verdict('once', 'unproven')]), {
    outcome: 'broken',
    stage: 'unproven',
    reason: /^once unproven on input\.1/,
  })
  t.match(concludeFrom([verdict('once', 'violated')], [declared('once')]), {
    outcome: 'known',
    reason: /once violated .*CVE-2024-31076/,
  })
  t.match(concludeFrom([verdict('once', 'held')], [declared('once')]), {
    outcome: 'fixed',
    reason: /once held although .*CVE-2024-31076/,
  })
  t.match(concludeFrom([verdict('once', 'held'), verdict('once', 'held')]), {
    outcome: 'pass',
    reason: '2 verdicts held',
  })
  t.match(concludeFrom([]), { outcome: 'broken', stage: 'scenario.asked-nothing' })
})

await t.test(
  'a declared message of the kernel: known when it was printed, fixed when it was not',
  async (t) => {
    const known: readonly KnownFailure[] = [
      { message: /set affinity failed/, reason: '88d724e2301a is not here' },
    ]
    const seen = [
      {
        pattern: 'set affinity failed',
        line: 'IRQ7: set affinity failed(-28).',
        count: 2,
        reason: 'as above',
      },
    ]
    const held = [verdict('once', 'held')]
    t.match(concludeFrom(held, known, seen), {
      outcome: 'known',
      reason: 'the kernel says: IRQ7: set affinity failed(-28). (as above)',
    })
    t.match(concludeFrom(held, known, []), {
      outcome: 'fixed',
      reason:
        'the kernel did not say /set affinity failed/ although it was declared to: 88d724e2301a is not here',
    })
    t.match(
      concludeFrom([verdict('once', 'violated')], known, seen),
      { outcome: 'fail' },
      'laws are asked too',
    )
    t.match(concludeFrom([verdict('once', 'unproven')], known, seen), {
      outcome: 'broken',
      stage: 'unproven',
    })
    t.match(concludeFrom([verdict('once', 'unproven')], known, []), { outcome: 'broken' }, 'silence of what?')
    t.match(concludeFrom([], known, seen), { outcome: 'broken', stage: 'scenario.asked-nothing' })
    const both = [...known, declared('once')]
    t.match(concludeFrom([verdict('once', 'violated')], both, seen), {
      outcome: 'known',
      reason: /^once viol/,
    })
    t.match(concludeFrom([verdict('once', 'violated')], both, []), {
      outcome: 'fixed',
      reason: /did not say/,
    })
    t.match(concludeFrom(held, both, seen), { outcome: 'fixed', reason: /^once held although/ })
  },
)

await t.test(
  'a disturbed hold is named before what it made unproven; a violation counts all the same',
  async (t) => {
    const disturbed = verdict('held', 'unproven', { disturbed: 'irqbalance-77' })
    t.match(concludeFrom([verdict('once', 'unproven'), disturbed]), { outcome: 'broken', stage: 'disturbed' })
    t.match(concludeFrom([disturbed, verdict('once', 'violated')]), { outcome: 'fail' })
    t.match(
      concludeFrom([disturbed, verdict('once', 'held')], [declared('once')]),
      { outcome: 'broken', stage: 'disturbed' },
      'what holds then is no cure',
    )
  },
)

await t.test('what was thrown decides by its type alone', async (t) => {
  t.same(concludeFromError(new KernelFault('panic', 'it fell', ['last words'])), {
    outcome: 'fail',
    reason: 'it fell',
    stage: 'kernel',
    console: ['last words'],
  })
  t.same(concludeFromError(new NotApplicable('MSI-X', 'no MSI-X')), {
    outcome: 'skip',
    reason: 'no MSI-X',
    need: 'MSI-X',
  })
  t.same(
    concludeFromError(new Trouble('boot.ssh', 'no answer', { hint: 'wait', console: ['x'], lasting: true })),
    {
      outcome: 'broken',
      reason: 'no answer',
      stage: 'boot.ssh',
      hint: 'wait',
      console: ['x'],
      lasting: true,
    },
  )
  t.same(concludeFromError(new Trouble('boot.ssh', 'no answer')), {
    outcome: 'broken',
    reason: 'no answer',
    stage: 'boot.ssh',
    lasting: false,
  })
  t.match(concludeFromError(new Bug('upside down')), { outcome: 'broken', stage: 'bug' })
  t.match(concludeFromError(new TypeError('x of undefined')), { outcome: 'broken', reason: 'x of undefined' })
  t.match(concludeFromError('just a string'), { outcome: 'broken', reason: 'just a string' })
})

await t.test('the table of exit codes: every campaign of up to three runs', async (t) => {
  const alone: Readonly<Record<Outcome, number>> = {
    fail: 1,
    fixed: 1,
    broken: 2,
    known: 0,
    skip: 4,
    pass: 0,
  }
  for (const outcomes of lists(OUTCOMES, 3)) {
    const has = (outcome: Outcome): boolean => outcomes.includes(outcome)
    let expected = 0
    if (outcomes.every((outcome) => outcome === 'skip')) expected = 4
    if (has('broken') || outcomes.length === 0) expected = 2
    if (has('fail') || has('fixed')) expected = 1
    const name = outcomes.join(', ') || 'no runs'
    t.equal(exitCodeOf(outcomes, { failOnKnown: false }), expected, name)
    t.equal(
      exitCodeOf(outcomes, { failOnKnown: true }),
      has('known') ? 1 : expected,
      `${name}; --fail-on known`,
    )
    if (outcomes.length === 1 && outcomes[0] !== undefined) t.equal(expected, alone[outcomes[0]], name)
    t.equal(worst(outcomes), OUTCOMES.find(has) ?? 'broken', `worst of ${name}`)
  }
  t.same(OUTCOMES, ['fail', 'fixed', 'broken', 'known', 'skip', 'pass'], 'worst first')
})
