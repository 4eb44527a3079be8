/**
 * `node harness/bench/history-bench.ts DIR`: what the index of the results in DIR costs, and each question about them.
 * DIR is one that make-doctored.ts filled; campaigns are added to it and removed again. A table in Markdown.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
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
const YEARS_LATER = Date.parse('2030-01-01T02:00:00Z')
/** What was just written is looked at again by the next question: marks need this time to settle. */
const SETTLE_MS = 2500

const results = resolve(process.argv[2] ?? '')
const home = mkdtempSync(join(tmpdir(), 'irqlab-history-bench-'))
process.env['IRQLAB_CACHE'] = home
async function bench(): Promise<void> {
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
    for (let round = 0; round < ROUNDS; round++) times.push(await timed(() => ask(question)))
    const [clock, cpu] = [times.map(({ ms }) => ms), times.map(({ cpuMs }) => cpuMs)]
    say(`| ${name} | ${told(clock)} | ${told(cpu)} |`)
  }
}

const QUESTIONS: readonly (readonly [string, (index: DatabaseSync) => unknown])[] = [
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

function compared(index: DatabaseSync): unknown {
  const all = campaignsToName(index)
  const [a, b] = ['previous', 'latest'].map((name) => campaignNamed(index, name, results, all))
  if (a === undefined || b === undefined) return undefined
  return compareCampaigns(a, b, (line, beforeMs) => runsBefore(index, line, beforeMs, b.id))
}

function ask<Answer>(question: (index: DatabaseSync) => Answer): Promise<Answer> {
  return askHistory({ results, tell: (line) => say(line) }, question)
}

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

function say(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

try {
  await bench()
} finally {
  rmSync(home, { recursive: true, force: true })
}
