/** `npm run bench:history`: what the index of doctored results costs, and each question about them. Tables in Markdown. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { UsageError } from '../base/errors.ts'
import { runScript } from '../cli/run-script.ts'
import { wholeNumber } from '../cli/values.ts'
import { askHistory } from '../history/ask-history.ts'
import { runsBefore } from '../history/before.ts'
import { campaignNamed, campaignsToName } from '../history/campaign-named.ts'
import { campaignsIn } from '../history/campaigns.ts'
import { compareCampaigns } from '../history/compare-campaigns.ts'
import { judgedLines } from '../history/history-line.ts'
import { indexPath } from '../history/index-file.ts'
import { linesIn } from '../history/lines.ts'
import { lawsOfLine, skipReasons, troubledRuns } from '../history/scenario-runs.ts'
import { trendOf } from '../history/trend.ts'
import { RUNS_A_CAMPAIGN, writeDoctoredCampaign } from './doctored-results.ts'

const ROUNDS = 20
const ALL = 1_000_000
const FIRST_NIGHT = Date.parse('2025-01-01T02:00:00Z')
const YEARS_LATER = Date.parse('2030-01-01T02:00:00Z')
/** What was just written is looked at again by the next question: marks need this time to settle. */
const SETTLE_MS = 2500

async function measure(results: string): Promise<void> {
  const ask: Ask = (question) => askHistory({ results, tell: (line) => say(line) }, question)
  say('| what | by the clock | CPU time |', '|---|---:|---:|')
  const whole = await timed(() => ask((index) => index.prepare('SELECT count(*) AS n FROM run').get()))
  const runs = Number(whole.answer?.['n'])
  say(
    `| the whole index, ${runs} records | ${(whole.ms / 1000).toFixed(1)} s | ${(whole.cpuMs / 1000).toFixed(1)} s |`,
  )
  say(`| peak memory of the process | | ${Math.round(process.resourceUsage().maxRSS / 1024)} MB |`)
  say(`| size of the index | | ${(statSync(indexPath(results)).size / 2 ** 20).toFixed(1)} MB |`)
  const added = writeDoctoredCampaign(results, 0, YEARS_LATER)
  const more = await timed(() => ask(() => undefined))
  say(`| a campaign of ${RUNS_A_CAMPAIGN} more | ${Math.round(more.ms)} ms | ${Math.round(more.cpuMs)} ms |`)
  rmSync(added, { recursive: true })
  const less = await timed(() => ask(() => undefined))
  say(`| that campaign removed | ${Math.round(less.ms)} ms | ${Math.round(less.cpuMs)} ms |`)
  await new Promise((done) => setImmediate(done))
  const until = performance.now() + SETTLE_MS
  while (performance.now() < until) await new Promise((done) => setImmediate(done))
  say(
    '',
    `| question, ${ROUNDS} times | by the clock: p50, longest | CPU time: p50, longest |`,
    '|---|---:|---:|',
  )
  for (const [name, question] of QUESTIONS) {
    const times: Took[] = []
    for (let round = 0; round < ROUNDS; round++)
      times.push(await timed(() => ask((index) => question(index, results))))
    const [clock, cpu] = [times.map(({ ms }) => ms), times.map(({ cpuMs }) => cpuMs)]
    say(`| ${name} | ${told(clock)} | ${told(cpu)} |`)
  }
}

type Question = (index: DatabaseSync, results: string) => unknown

const QUESTIONS: readonly (readonly [string, Question])[] = [
  ['is the index up to date', () => undefined],
  ['`history`', (index) => judgedLines(linesIn(index, { limit: 100 }), campaignsIn(index))],
  ['`history --limit 1000000`', (index) => judgedLines(linesIn(index, { limit: ALL }), campaignsIn(index))],
  [
    '`history --kernel debian:6.1 --machine plain`',
    (index) =>
      judgedLines(linesIn(index, { limit: 100, kernel: 'debian:6.1', machine: 'plain' }), campaignsIn(index)),
  ],
  ['`history scenario-13`', (index) => detail(index, 100)],
  ['`history scenario-13 --limit 1000000`', (index) => detail(index, ALL)],
  ['`compare previous latest`', compared],
  ['`history --html FILE`', (index) => trendOf(index, { limit: 100 })],
]

/** The median and the longest. */
function told(ms: readonly number[]): string {
  const sorted = ms.toSorted((a, b) => a - b)
  return `${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} ms, ${Math.round(sorted.at(-1) ?? 0)} ms`
}

function detail(index: DatabaseSync, limit: number): unknown {
  const lines = judgedLines(linesIn(index, { limit, scenario: 'scenario-13' }), campaignsIn(index))
  return lines.map(({ line }) => {
    const runs = { line: line.id, sinceMs: 0, limit }
    return [lawsOfLine(index, runs), troubledRuns(index, runs), skipReasons(index, runs)]
  })
}

function compared(index: DatabaseSync, results: string): unknown {
  const all = campaignsToName(index)
  const [a, b] = ['previous', 'latest'].map((name) => campaignNamed(index, name, results, all))
  if (a === undefined || b === undefined) return undefined
  return compareCampaigns(a, b, runsBefore(index, b.id))
}

type Ask = <Answer>(question: (index: DatabaseSync) => Answer) => Promise<Answer>

/** What it took by the clock, and of this process's own time: the second says more where others are at work. */
async function timed<T>(work: () => Promise<T>): Promise<Took & { readonly answer: T }> {
  const [started, before] = [performance.now(), process.cpuUsage()]
  const answer = await work()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - started, cpuMs: (user + system) / 1000, answer }
}

interface Took {
  readonly ms: number
  readonly cpuMs: number
}

/** The results: doctored ones are made where there are none. */
function madeResults({ dir, records }: HistoryBenchOptions): string {
  mkdirSync(dir, { recursive: true })
  if (readdirSync(dir).length > 0) return dir
  const campaigns = Math.ceil(records / RUNS_A_CAMPAIGN)
  for (let number = 0; number < campaigns; number++) writeDoctoredCampaign(dir, number, FIRST_NIGHT)
  return dir
}

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

interface HistoryBenchOptions {
  readonly help: boolean
  readonly dir: string
  readonly records: number
}

const USAGE = `npm run bench:history -- DIR [RECORDS]

Measures the history of the campaigns in DIR. If it is empty it is filled first, with RECORDS (default 100000) that never
were, of the size of real ones: 100000 need 3 GB. One more campaign is added for a while and removed again.
`

function options(args: readonly string[]): HistoryBenchOptions {
  const [dir, records = '100000', ...more] = args
  if (dir === '--help' || dir === '-h') return { help: true, dir: '', records: 0 }
  if (dir === undefined || dir.startsWith('-') || more.length > 0)
    throw new UsageError('give a directory, and how many records: see --help')
  return { help: false, dir: resolve(dir), records: wholeNumber('RECORDS', 1, 10_000_000)(records) }
}

await runScript({
  name: 'bench:history',
  usage: USAGE,
  options,
  main: async (asked) => {
    const results = madeResults(asked)
    const home = mkdtempSync(join(tmpdir(), 'irqlab-history-bench-'))
    process.env['IRQLAB_CACHE'] = home
    try {
      await measure(results)
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
    return 0
  },
})
