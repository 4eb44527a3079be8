import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bisect, type Answered, type Asking, type Found } from './bisect.ts'
import { sharedClone } from './clone.ts'
import { git } from './git.ts'
import { TOY_FILE, type ToyHistory, toyHistory } from './git-history-fixture.ts'
import type { JournalEntry } from './journal.ts'
import type { Finding } from './judgement.ts'

/** What a kernel of a commit does, run after run: `good`, `no-build`, or `pass fail pass` for one that is moody. */
type Nature = string

const FINDINGS: Readonly<Record<string, Finding>> = {
  good: 'good',
  bad: 'bad',
  'no-build': 'unbuildable',
  'no-boot': 'unbootable',
  'no-answer': 'untestable',
}

/** Asks the file of the commit, as a run would ask its kernel. `runs` counts how often each was run. */
function asker(toy: ToyHistory, runs = new Map<string, number>()): (asking: Asking) => Promise<Answered> {
  return async ({ commit: { sha }, runs: asked, all }) => {
    const nature = (await git(toy.tree, ['show', `${sha}:${TOY_FILE}`])).replace(/^\d+ /, '')
    const whole = FINDINGS[nature]
    const counts = { passes: 0, fails: 0 }
    if (whole !== undefined && whole !== 'good' && whole !== 'bad')
      return { finding: whole, ...counts, reason: nature, records: [], buildMs: 1 }
    const moods = nature.split(' ')
    for (let nth = 0; nth < asked; nth++) {
      const before = runs.get(sha) ?? 0
      runs.set(sha, before + 1)
      const mood = moods[before % moods.length]
      if (mood === 'good' || mood === 'pass') counts.passes++
      else counts.fails++
      if (counts.fails > 0 && !all) break
    }
    return {
      finding: counts.fails > 0 ? 'bad' : 'good',
      ...counts,
      reason: counts.fails > 0 ? 'held violated' : 'all held',
      records: [`${sha}/record.json`],
      buildMs: 1,
    }
  }
}

interface Course {
  readonly found: Found
  readonly steps: readonly JournalEntry[]
  readonly notes: readonly string[]
  readonly log: string
}

interface Wishes {
  readonly bootFailure?: 'bad' | 'skip'
  readonly runs?: number
  readonly journal?: readonly JournalEntry[]
  readonly ask?: (asking: Asking) => Promise<Answered>
  readonly onEntry?: (entry: JournalEntry) => void
}

async function search(toy: ToyHistory, wishes: Wishes = {}): Promise<Course> {
  const steps: JournalEntry[] = []
  const notes: string[] = []
  let log = ''
  const found = await bisect({
    clone: await sharedClone(toy.dir, toy.tree),
    ends: { good: toy.shas[0] ?? '', bad: toy.shas.at(-1) ?? '' },
    bootFailure: wishes.bootFailure ?? 'skip',
    runs: wishes.runs ?? 1,
    journal: wishes.journal ?? [],
    ask: wishes.ask ?? asker(toy),
    onEntry: (entry) => {
      steps.push(entry)
      wishes.onEntry?.(entry)
    },
    onNote: (words) => notes.push(words),
    onLog: (text) => {
      log = text
    },
  })
  return { found, steps, notes, log }
}

/** Thirty commits, the fault in number `bad`, some that do not build or boot. */
function thirty(bad: number, spoilt: Readonly<Record<number, Nature>>): readonly Nature[] {
  return Array.from({ length: 30 }, (_, at) => spoilt[at] ?? (at < bad ? 'good' : 'bad'))
}

async function withHistory(
  t: Test,
  natures: readonly Nature[],
  work: (toy: ToyHistory) => Promise<void>,
): Promise<void> {
  const toy = await toyHistory(natures)
  t.teardown(() => toy.remove())
  await work(toy)
}

await t.test('finds the commit among thirty of which three do not build and two do not boot', (t) =>
  withHistory(
    t,
    thirty(17, { 5: 'no-build', 14: 'no-build', 22: 'no-build', 10: 'no-boot', 24: 'no-boot' }),
    async (toy) => {
      const head = readFileSync(join(toy.tree, '.git/HEAD'), 'utf8')
      const { found, steps, log } = await search(toy)
      t.match(found, {
        kind: 'found',
        commit: { sha: toy.shas[17], subject: 'irq: step 17', author: /^A\. Hacker/ },
        entry: { finding: 'bad', records: [`${toy.shas[17]}/record.json`] },
      })
      t.ok(steps.length <= 12, `${steps.length} steps`)
      t.equal(new Set(steps.map(({ sha }) => sha)).size, steps.length, 'no kernel was asked twice')
      t.match(log, new RegExp(`^# first bad commit: \\[${toy.shas[17]}\\] irq: step 17$`, 'm'))
      // The user's tree is as it was, and their git understands our log.
      t.equal(readFileSync(join(toy.tree, '.git/HEAD'), 'utf8'), head)
      t.same(
        readdirSync(join(toy.tree, '.git')).filter((name) => name.startsWith('BISECT')),
        [],
      )
      t.equal(await git(toy.tree, ['status', '--porcelain']), '')
    },
  ),
)

await t.test('skips around the fault leave a range', (t) =>
  withHistory(t, thirty(17, { 15: 'no-boot', 16: 'no-build', 17: 'no-boot' }), async (toy) => {
    const { found } = await search(toy)
    t.equal(found.kind, 'range')
    const candidates = found.kind === 'range' ? found.candidates.map(({ sha }) => toy.shas.indexOf(sha)) : []
    t.same(
      candidates.toSorted((a, b) => a - b),
      [15, 16, 17, 18],
    )
    const strict = await search(toy, { bootFailure: 'bad' })
    t.match(
      strict.found,
      { kind: 'found', commit: { sha: toy.shas[15] } },
      'that no longer boots is the fault',
    )
  }),
)

await t.test('an end that is not what it is said to be', async (t) => {
  for (const [first, last, expected] of [
    ['bad', 'bad', { kind: 'refuted', end: 'good' }],
    ['good', 'good', { kind: 'refuted', end: 'bad' }],
    ['no-build', 'bad', { kind: 'unjudged', end: 'good' }],
    ['good', 'no-boot', { kind: 'unjudged', end: 'bad' }],
  ] as const) {
    const toy = await toyHistory([first, 'good', last])
    const { found, steps } = await search(toy)
    t.match(found, expected, `${first} to ${last}`)
    t.ok(steps.length <= 2)
    toy.remove()
  }
})

await t.test('what was interrupted goes on, and no kernel is judged again', (t) =>
  withHistory(t, thirty(11, { 14: 'no-build', 8: 'no-boot' }).slice(0, 16), async (toy) => {
    const whole = await search(toy)
    for (const after of [1, whole.steps.length - 2]) {
      const journal: JournalEntry[] = []
      const first = search(toy, {
        onEntry: (entry) => journal.push(entry),
        ask: async (asking) => {
          if (journal.length === after) throw new Error('killed')
          return asker(toy)(asking)
        },
      })
      await t.rejects(first, { message: 'killed' })
      const asked: string[] = []
      const rest = await search(toy, {
        journal,
        ask: (asking) => {
          asked.push(asking.commit.sha)
          return asker(toy)(asking)
        },
      })
      t.match(rest.found, { kind: 'found', commit: { sha: toy.shas[11] } }, `killed after ${after}`)
      t.same(
        [...journal, ...rest.steps].map(({ sha, step }) => [sha, step]),
        whole.steps.map(({ sha, step }) => [sha, step]),
      )
      t.notOk(asked.some((sha) => journal.some((entry) => entry.sha === sha)))
    }
    const again = await search(toy, { journal: whole.steps, ask: () => Promise.reject(new Error('asked')) })
    t.match(again.found, { kind: 'found', commit: { sha: toy.shas[11] } }, 'all is known: nothing is asked')
  }),
)

await t.test('what could not be told is asked again by the next session, and nothing else', (t) =>
  withHistory(t, thirty(17, { 15: 'no-boot', 16: 'no-answer', 17: 'no-answer' }), async (toy) => {
    const first = await search(toy)
    t.equal(first.found.kind, 'range')
    const asked: number[] = []
    const second = await search(toy, {
      journal: first.steps,
      ask: async ({ commit: { sha } }) => {
        asked.push(toy.shas.indexOf(sha))
        const finding = asked.at(-1) === 16 ? 'good' : 'bad'
        const counts = { passes: finding === 'good' ? 1 : 0, fails: finding === 'bad' ? 1 : 0 }
        return { finding, ...counts, reason: 'quieter now', records: [], buildMs: 1 }
      },
    })
    t.match(second.found, { kind: 'found', commit: { sha: toy.shas[17] } })
    t.same(
      asked.toSorted((a, b) => a - b),
      [16, 17],
    )
    t.equal(second.steps[0]?.step, first.steps.length + 1, 'steps are counted on')
  }),
)

await t.test('a fault that shows now and then: passes are asked for more often', (t) => {
  const moody = 'fail pass'
  const natures = Array.from({ length: 12 }, (_, at) => (at < 7 ? 'good' : moody))
  return withHistory(t, natures, async (toy) => {
    const runs = new Map<string, number>()
    const { found, steps, notes } = await search(toy, { runs: 2, ask: asker(toy, runs) })
    t.match(found, { kind: 'found', commit: { sha: toy.shas[7] } })
    t.match(notes, [/a kernel must pass 5 times to be believed good/])
    t.match(steps[0], { finding: 'bad', passes: 1, fails: 1 }, 'the bad end is asked every time')
    for (const { finding, passes } of steps) if (finding === 'good') t.equal(passes, 5)
  })
})

await t.test('moodiness that shows late: what the answer rests on is asked again', (t) => {
  // The fault of number 5 hides for two runs, and it is asked before any kernel is seen to disagree with itself.
  const natures = [
    'good',
    'good',
    'good',
    'good',
    'good',
    'pass pass fail',
    'bad',
    'pass fail',
    'pass fail',
    'bad',
    'bad',
  ]
  return withHistory(t, natures, async (toy) => {
    const { found, steps, notes } = await search(toy, { runs: 2, ask: asker(toy) })
    t.match(found, { kind: 'found', commit: { sha: toy.shas[5] } })
    const asked = steps.filter(({ sha }) => sha === toy.shas[5])
    t.match(asked, [
      { finding: 'good', passes: 2, fails: 0 },
      { finding: 'bad', passes: 2, fails: 1, reason: /its runs disagree: 2 passed, 1 failed/ },
    ])
    t.equal(notes.length > 0, true, notes.join())
  })
})
