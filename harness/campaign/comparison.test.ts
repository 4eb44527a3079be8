import { array, assert, constantFrom, integer, property, record, tuple } from 'fast-check'
import t from 'tap'
import { LAW_NAMES } from '../irq/laws/law-names.ts'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import { OUTCOMES, type RunRecord } from '../record/run-record.ts'
import { changeOfArrival, changeOfLaw, compare, exitCodeOfComparison } from './comparison.ts'

type State = RunRecord['verdicts'][number]['state']

/** A run in which the law was found in these states, one on each queue. */
function run(law: RunRecord['verdicts'][number]['law'], ...states: State[]): RunRecord {
  const verdicts = states.map((state, at) => aVerdict({ law, state, queue: `input.${at}` }))
  const outcome = states.includes('violated') ? 'fail' : states.includes('unproven') ? 'broken' : 'pass'
  return aRecord({ verdicts, outcome, ...(outcome === 'broken' ? { stage: 'unproven' } : {}) })
}

/** An attempt that gave no verdict. */
function without(changes: Partial<RunRecord>): RunRecord {
  return aRecord({ verdicts: [], outcome: 'broken', reason: 'it never came', ...changes })
}

const lost = [without({ stage: 'boot.init' }), without({ stage: 'boot.ssh', attempts: 2 })]
const held = [run('held', 'held')]

await t.test('what became of one law', async (t) => {
  for (const [base, patched, change] of [
    ['held', 'violated', 'worse'],
    ['violated', 'held', 'better'],
    ['held', 'held', 'same'],
    ['violated', 'violated', 'same'],
    ['held', 'unproven', 'maybe worse'],
    ['violated', 'unproven', 'maybe better'],
    ['unproven', 'held', 'maybe better'],
    ['unproven', 'violated', 'maybe worse'],
    ['unproven', 'unproven', 'cannot tell'],
    ['held', undefined, 'maybe worse'],
    [undefined, 'held', 'maybe better'],
    [undefined, 'violated', 'maybe worse'],
  ] as const) {
    t.equal(changeOfLaw(base, patched), change, `${base} -> ${patched}`)
  }
})

await t.test('a complaint that is declared counts as one: better without, worse with', async (t) => {
  const said = { pattern: 'failed', line: 'IRQ7: it failed', count: 1, reason: 'known since long' }
  const complaining = [{ ...run('held', 'held'), outcome: 'known' as const, messages: [said] }]
  t.match(compare(complaining, held), { verdict: 'better', rows: [{ what: 'kernel', change: 'better' }] })
  t.match(compare(held, complaining), { verdict: 'worse', rows: [{ what: 'kernel', change: 'worse' }] })
  t.equal(compare(complaining, complaining).verdict, 'same')
})

await t.test('a law is as bad as the worst of its verdicts, and the numbers are told', async (t) => {
  const { rows, verdict } = compare(
    [run('once', 'held', 'held', 'held')],
    [run('once', 'held', 'violated', 'unproven')],
  )
  t.equal(verdict, 'worse')
  t.match(rows, [
    { what: 'kernel', change: 'same', base: { state: 'reached' }, patched: { state: 'reached' } },
    {
      scenario: 'deferred-move',
      machine: 'plain',
      what: 'once',
      change: 'worse',
      base: { state: 'held', tally: { held: 3, violated: 0, unproven: 0 } },
      patched: {
        state: 'violated',
        tally: { held: 1, violated: 1, unproven: 1 },
        sentence: /^input\.1 \(irq 28\): /,
      },
    },
  ])
})

await t.test('a fix is a fix although what follows from the fault was unproven before', async (t) => {
  const before = aRecord({
    outcome: 'fail',
    verdicts: [
      aVerdict({ law: 'first-on-old', state: 'violated' }),
      aVerdict({ law: 'then-on-new', state: 'unproven' }),
    ],
  })
  const after = aRecord({ verdicts: [aVerdict({ law: 'first-on-old' }), aVerdict({ law: 'then-on-new' })] })
  t.match(compare([before], [after]), {
    verdict: 'better',
    rows: [{ change: 'same' }, { change: 'better' }, { change: 'maybe better' }],
  })
  t.equal(compare([after], [before]).verdict, 'worse')
})

await t.test('a patch that makes a kernel boot is told what that kernel then violates', async (t) => {
  t.match(compare(lost, [run('once', 'held', 'violated')]), {
    verdict: 'cannot tell',
    rows: [
      { what: 'kernel', change: 'better' },
      { what: 'once', change: 'maybe worse', base: { state: 'not asked' } },
    ],
  })
})

await t.test('a known failure counts by what the law says', async (t) => {
  const known = { ...run('held', 'violated'), outcome: 'known' as const }
  t.equal(compare(held, [known]).verdict, 'worse')
  t.equal(compare([known], held).verdict, 'better')
  t.equal(compare([known], [known]).verdict, 'same')
})

await t.test('a kernel that no longer boots is worse, once it was tried twice', async (t) => {
  const twice = compare(held, lost)
  t.equal(twice.verdict, 'worse')
  t.match(twice.rows, [{ what: 'kernel', change: 'worse', patched: { state: 'lost', stage: 'boot.ssh' } }])
  t.equal(compare(held, lost.slice(0, 1)).verdict, 'cannot tell', 'once is not enough')
  t.equal(compare(lost, held).verdict, 'better')
  t.equal(compare(lost, lost).verdict, 'cannot tell', 'both broken')
})

await t.test('the host is nobody to accuse a kernel for', async (t) => {
  for (const stage of ['host.worker', 'starved', 'image.kernel', 'qemu.qmp', 'bug', 'unknown', 'cleanup']) {
    t.equal(
      compare(held, [without({ stage }), without({ stage, attempts: 2 })]).verdict,
      'cannot tell',
      stage,
    )
  }
  const mixed = [without({ stage: 'host.tap' }), without({ stage: 'boot.ssh', attempts: 2 })]
  t.equal(compare(held, mixed).verdict, 'cannot tell', 'one attempt of two')
})

await t.test('a crash needs no second try; a WARN leaves the laws to be compared', async (t) => {
  const crash = [without({ outcome: 'fail', stage: 'kernel', reason: 'Kernel panic: VFS' })]
  const warned = [{ ...run('held', 'held'), outcome: 'fail' as const, stage: 'kernel' }]
  t.match(compare(held, crash), {
    verdict: 'worse',
    rows: [{ patched: { state: 'crashed', stage: 'kernel' } }],
  })
  t.match(compare(held, warned), {
    verdict: 'worse',
    rows: [
      { what: 'kernel', change: 'worse' },
      { what: 'held', change: 'same' },
    ],
  })
  t.equal(compare(warned, crash).verdict, 'worse')
  t.equal(compare(warned, warned).verdict, 'same')
  t.equal(compare(crash, crash).verdict, 'cannot tell', 'no law was asked of either')
  t.equal(compare(crash, lost).verdict, 'cannot tell')
})

await t.test('verdicts of a starved or disturbed run accuse nobody', async (t) => {
  for (const stage of ['starved', 'disturbed']) {
    const record = { ...run('held', 'violated'), outcome: 'broken' as const, stage }
    t.match(compare(held, [record]), {
      verdict: 'cannot tell',
      rows: [{ what: 'kernel' }, { what: 'held', patched: { state: 'unproven' } }],
    })
  }
})

await t.test('the second attempt counts, and the first is no run of its own', async (t) => {
  const [first] = lost
  const second = { ...run('held', 'held'), attempts: 2 }
  t.equal(compare(held, first === undefined ? [] : [first, second]).verdict, 'same')
})

await t.test('repeats are of one question: any that is worse counts', async (t) => {
  const at = (repeat: number, record: RunRecord) => ({ ...record, run: `${record.run}-repeat-${repeat}` })
  const rare = [1, 2, 3, 4].map((repeat) => at(repeat, run('held', repeat === 3 ? 'violated' : 'held')))
  t.match(compare(held, rare), {
    verdict: 'worse',
    rows: [{}, { patched: { tally: { held: 3, violated: 1 } } }],
  })
})

await t.test('a skip on both sides is no change; on one, we cannot tell', async (t) => {
  const skip = [without({ outcome: 'skip', need: 'no interrupt remapping' })]
  const other = { scenario: 'quiet-queue', run: 'another' }
  t.equal(compare(skip, skip).verdict, 'skipped')
  t.equal(compare(held, skip).verdict, 'cannot tell')
  const both = [...held, { ...without({ outcome: 'skip' }), ...other }]
  t.equal(compare(both, both).verdict, 'same')
})

await t.test('a scenario that one side never saw, and nothing at all', async (t) => {
  t.equal(compare(held, []).verdict, 'cannot tell')
  t.equal(compare([], []).verdict, 'cannot tell')
})

await t.test('exit codes', async (t) => {
  t.same(
    (['worse', 'cannot tell', 'maybe better', 'better', 'same', 'skipped'] as const).map((verdict) =>
      exitCodeOfComparison({ verdict }),
    ),
    [1, 2, 0, 0, 0, 4],
  )
})

const states = constantFrom<State>('held', 'violated', 'unproven')
const stages = constantFrom(undefined, 'kernel', 'boot.ssh', 'host.worker', 'unproven', 'starved')
const attempt = record({
  scenario: constantFrom('a', 'b'),
  repeat: integer({ min: 1, max: 2 }),
  outcome: constantFrom(...OUTCOMES),
  stage: stages,
  verdicts: array(tuple(constantFrom(...LAW_NAMES), states), { maxLength: 4 }),
})
const records = array(
  attempt.map(({ scenario, repeat, outcome, stage, verdicts }) =>
    aRecord({
      scenario,
      run: `${scenario}/${repeat}`,
      outcome,
      ...(stage === undefined ? {} : { stage }),
      verdicts: verdicts.map(([law, state]) => aVerdict({ law, state })),
    }),
  ),
  { maxLength: 6 },
)

const REVERSED = {
  worse: 'better',
  'maybe worse': 'maybe better',
  'cannot tell': 'cannot tell',
  'maybe better': 'maybe worse',
  better: 'worse',
  same: 'same',
} as const

await t.test('from the other side everything is the other way round', async (t) => {
  assert(
    property(records, records, (base, patched) => {
      const there = new Map(
        compare(base, patched).rows.map((row) => [`${row.scenario} ${row.what}`, row.change]),
      )
      const back = compare(patched, base).rows
      t.equal(back.length, there.size)
      for (const row of back)
        t.equal(row.change, REVERSED[there.get(`${row.scenario} ${row.what}`) ?? 'same'])
    }),
  )
})

await t.test('compared with itself no kernel is worse or better', async (t) => {
  assert(
    property(records, (same) => {
      const { verdict, rows } = compare(same, same)
      t.notOk(['worse', 'better'].includes(verdict))
      for (const { base, patched } of rows) t.same(base, patched)
    }),
  )
})

await t.test('exit code 0 only where no row can be worse, and something was asked', async (t) => {
  assert(
    property(records, records, (base, patched) => {
      const { rows, ...rest } = compare(base, patched)
      const isFine =
        rows.length > 0 && rows.every(({ change }) => ['better', 'maybe better', 'same'].includes(change))
      if (exitCodeOfComparison(rest) === 0) t.ok(isFine)
      if (rows.some(({ change }) => change === 'worse')) t.equal(exitCodeOfComparison(rest), 1)
    }),
  )
})

await t.test('one more violated verdict on the patched side never makes it look better', async (t) => {
  const rank = { worse: 0, 'cannot tell': 1, skipped: 2, same: 2, 'maybe better': 3, better: 4 } as const
  const healthy = array(tuple(constantFrom(...LAW_NAMES), constantFrom<State>('held', 'violated')), {
    minLength: 1,
    maxLength: 5,
  })
  const of = (verdicts: readonly (readonly [(typeof LAW_NAMES)[number], State])[]) => [
    aRecord({ verdicts: verdicts.map(([law, state]) => aVerdict({ law, state })) }),
  ]
  assert(
    property(healthy, constantFrom(...LAW_NAMES), (verdicts, law) => {
      const before = compare(of(verdicts), of(verdicts)).verdict
      const after = compare(of(verdicts), of([...verdicts, [law, 'violated']])).verdict
      t.ok(rank[after] <= rank[before], `${before} -> ${after}`)
    }),
  )
})

await t.test('arrivals: who comes less far is worse', async (t) => {
  t.equal(changeOfArrival('reached', 'lost'), 'worse')
  t.equal(changeOfArrival('faulted', 'reached'), 'better')
  t.equal(changeOfArrival('open', 'reached'), 'maybe better')
  t.equal(changeOfArrival('skipped', 'crashed'), 'cannot tell')
})
