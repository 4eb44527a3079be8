/** Is a kernel good or bad? From the records of its runs; and how often must one pass to be believed good? Pure. */
import type { RunRecord } from '../../record/run-record.ts'
import type { Mark } from './search.ts'

/** What one run, or all runs of a kernel, came to. `unbootable`: it never answered; `untestable`: we cannot tell. */
export type Finding = 'good' | 'bad' | 'unbuildable' | 'unbootable' | 'untestable'

/** All that is known of one kernel. */
export interface Judgement {
  readonly finding: Finding
  readonly passes: number
  readonly fails: number
  /** Why, in one sentence. */
  readonly reason: string
}

/** Stages at which a guest can be lost before it was ready, and a kernel be the cause. */
const BOOTING = /^(boot|ssh|guest\.(qemu|inventory|nic))\b/

/** What one run says. A known failure is bad: the law says so. */
export function findingOf(record: Pick<RunRecord, 'outcome' | 'stage' | 'timings'>): Finding {
  const { outcome, stage = '', timings } = record
  const wasReady = timings.spawnToReadyMs !== undefined
  if (outcome === 'pass' || outcome === 'fixed') return 'good'
  if (outcome === 'known') return 'bad'
  if (outcome === 'fail') return stage === 'kernel' && !wasReady ? 'unbootable' : 'bad'
  if (outcome === 'broken' && !wasReady && BOOTING.test(stage)) return 'unbootable'
  return 'untestable'
}

/** What all runs of a kernel say together. One fail makes it bad, however many passed. Undefined: none was made. */
export function judgementOf(
  runs: readonly Pick<RunRecord, 'outcome' | 'stage' | 'timings' | 'reason'>[],
): Judgement | undefined {
  const findings = runs.map((record) => ({ finding: findingOf(record), record }))
  const count = (finding: Finding) => findings.filter((one) => one.finding === finding).length
  const passes = count('good')
  const fails = count('bad')
  const telling =
    findings.find(({ finding }) => finding === 'bad') ??
    findings.find(({ finding }) => finding !== 'good') ??
    findings.at(-1)
  if (telling === undefined) return undefined
  const { finding, record } = telling
  const where = record.stage === undefined ? '' : `${record.stage}: `
  return { finding, passes, fails, reason: `${where}${record.reason}${disagreement(passes, fails, finding)}` }
}

/** More was seen of a kernel that was judged before. */
export function together(before: Judgement, after: Judgement): Judgement {
  const [passes, fails] = [before.passes + after.passes, before.fails + after.fails]
  const { finding, reason } = after.finding === 'bad' || before.finding !== 'bad' ? after : before
  const told = reason.includes('disagree') ? '' : disagreement(passes, fails, finding)
  return { finding, passes, fails, reason: `${reason}${told}` }
}

function disagreement(passes: number, fails: number, finding: Finding): string {
  if (passes === 0 || finding === 'good') return ''
  return fails > 0
    ? ` (its runs disagree: ${passes} passed, ${fails} failed)`
    : ` (its runs disagree: ${passes} passed)`
}

/** A bad kernel is taken for a good one at most once in so many times. */
const MISTAKEN = 0.05
/** Nobody waits for more. */
const PASSES_MAX = 30

/**
 * How often a kernel must pass to be believed good: `runs` times, and more often once a bad one was seen to pass, too. If
 * that one fails in a share `f` of its runs, `n` passes leave `(1 - f) ** n` for a mistake: at most 5 %.
 */
export function passesAsked(runs: number, judged: readonly Pick<Judgement, 'passes' | 'fails'>[]): number {
  const shares = judged
    .filter(({ passes, fails }) => passes > 0 && fails > 0)
    .map(({ passes, fails }) => fails / (passes + fails))
  if (shares.length === 0) return runs
  const needed = Math.ceil(Math.log(MISTAKEN) / Math.log(1 - Math.min(...shares)))
  return Math.max(runs, Math.min(PASSES_MAX, needed))
}

/** What git is told; a kernel that does not boot is what the user says. */
export function markOf(finding: Finding, bootFailure: 'bad' | 'skip'): Mark {
  if (finding === 'good' || finding === 'bad') return finding
  return finding === 'unbootable' ? bootFailure : 'skip'
}
