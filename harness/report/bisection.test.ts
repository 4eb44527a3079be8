import t from 'tap'
import type { Commit } from '../campaign/bisect/history.ts'
import type { JournalEntry } from '../campaign/bisect/journal.ts'
import { bisectJson, foundLines, stepLine } from './bisection.ts'
import { paletteFor } from './colour.ts'

const plain = paletteFor({ isTTY: false })
const sha = '0123456789abcdef0123456789abcdef01234567'
const entry: JournalEntry = {
  step: 3,
  sha,
  subject: 'irq: tidy up',
  finding: 'bad',
  passes: 2,
  fails: 1,
  reason: 'held violated on input.0\nmore of it',
  records: ['a/attempt-1/record.json', 'b/attempt-1/record.json'],
  buildMs: 20_000,
  tookMs: 61_000,
}
const commit: Commit = {
  sha,
  subject: 'irq: tidy up',
  author: 'A. Hacker <h@example.org>',
  date: '2026-01-02',
}
const results = '/results/x'

await t.test('a step is one line, whatever the reason', async (t) => {
  t.equal(
    stepLine(entry, plain),
    'step 3  bad       0123456789ab  irq: tidy up  (61 s, build 20 s, 2 of 3 runs passed): held violated on input.0',
  )
  t.equal(
    stepLine({ ...entry, finding: 'good', passes: 3, fails: 0 }, plain),
    'step 3  good      0123456789ab  irq: tidy up  (61 s, build 20 s, 3 of 3 runs passed)',
  )
  t.equal(
    stepLine(
      { ...entry, step: 12, finding: 'unbuildable', passes: 0, fails: 0, reason: "a.c:1: expected ';'" },
      plain,
    ),
    "step 12 no build  0123456789ab  irq: tidy up  (61 s, build 20 s): a.c:1: expected ';'",
  )
})

await t.test('the commit, with its author, why, and its last record', async (t) => {
  t.same(foundLines({ kind: 'found', commit, entry }, { results }), [
    `the first bad commit is ${sha}`,
    '  irq: tidy up',
    '  A. Hacker <h@example.org>, 2026-01-02',
    '  held violated on input.0',
    '  more of it',
    '  its record: b/attempt-1/record.json',
    'steps.log, git-bisect.log and all records in /results/x',
  ])
})

await t.test('a range, and ends that are none', async (t) => {
  t.match(foundLines({ kind: 'range', candidates: [commit, commit] }, { results }), [
    /one of these 2/,
    '  0123456789ab irq: tidy up (A. Hacker <h@example.org>)',
  ])
  t.same(foundLines({ kind: 'refuted', end: 'good', entry }, { results }), [
    '--good 0123456789ab is not good: held violated on input.0',
  ])
  const passed = { ...entry, passes: 3, fails: 0 }
  t.match(foundLines({ kind: 'refuted', end: 'bad', entry: passed }, { results }), [
    /^--bad 0123456789ab is not bad: it passed 3 of 3 runs; .*--runs/,
  ])
  t.match(foundLines({ kind: 'unjudged', end: 'bad', entry }, { results }), [/^--bad \w+ cannot be judged, /])
})

await t.test('one document, early end or not', async (t) => {
  const history = { tree: '/linux', good: commit, bad: commit, commits: 3 }
  const facts = { history, scenario: 's', machine: 'plain', seed: 1, results, steps: [entry] }
  t.match(JSON.parse(bisectJson({ ...facts, found: { kind: 'found', commit, entry } })), {
    schema: 'irqlab.bisect/1',
    outcome: 'found',
    commit: { sha },
    record: 'b/attempt-1/record.json',
    tree: '/linux',
    steps: [{ step: 3 }],
  })
  t.match(JSON.parse(bisectJson({ ...facts, endedBy: 'interrupted by SIGINT' })), {
    outcome: 'ended',
    reason: 'interrupted by SIGINT',
  })
  t.match(JSON.parse(bisectJson({ ...facts, found: { kind: 'range', candidates: [commit] } })), {
    outcome: 'range',
    candidates: [{ sha }],
  })
})
