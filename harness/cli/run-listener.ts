/** What does a person see of a campaign while it runs? A live line for each run at work, and the lines of each that is over. */
import { join } from 'node:path'
import type { CampaignListener } from '../campaign/run-campaign.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { Outcome, RunRecord } from '../record/run-record.ts'
import { paletteFor } from '../report/colour.ts'
import { runLines } from '../report/pretty.ts'
import { detailFor } from '../report/pretty-report.ts'
import type { Activity, Progress } from '../report/progress.ts'
import { totalsLine } from '../report/totals.ts'

/** Where a campaign is shown, and what of it. */
export interface Show<Run> {
  /** Takes the lines of finished runs. */
  readonly out: NodeJS.WriteStream
  readonly progress: Progress
  /** The last attempt of each run that was finished: kept up to date here. */
  readonly seen: Map<string, RunRecord>
  readonly runs: readonly Run[]
  readonly jobs: number
  readonly results: string
  /** How finished runs are shown; undefined: not at all. Absent: as a person wants them. */
  readonly shown?: 'pretty' | 'plain' | undefined
  /** What each run does first; QEMU is started unless said otherwise. */
  readonly first?: string
}

/** What is shown of a run. */
interface ShownRun {
  readonly scenario: { readonly name: string }
  readonly kernel: { readonly release: string }
  readonly machine: { readonly name: string }
}

/** Shows what a campaign tells. */
export function listenerFor<Run extends ShownRun>(show: Show<Run>): CampaignListener<Run> {
  const { out, progress, seen, runs, jobs, results } = show
  const shown = 'shown' in show ? show.shown : 'pretty'
  const palette = paletteFor(shown === 'plain' ? { isTTY: false } : out)
  const total = runs.length
  const kernels = new Set(runs.map(({ kernel }) => kernel))
  const numbers = new Map<Run, number>()
  const atWork = new Map<Run, Activity>()
  const over = new Map<Run, { readonly outcome: Outcome; readonly ms: number }>()
  const titleOf = (run: Run, attempt: number): string => {
    const number = numbers.get(run) ?? numbers.size + 1
    numbers.set(run, number)
    return [
      `${total > 1 ? `[${number}/${total}] ` : ''}${run.scenario.name} on ${run.machine.name}`,
      ...(kernels.size > 1 ? [run.kernel.release] : []),
      ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ].join(', ')
  }
  if (total > 1) {
    progress.showTotals(() =>
      totalsLine({
        total,
        outcomes: [...over.values()].map(({ outcome }) => outcome),
        finishedMs: [...over.values()].map(({ ms }) => ms),
        atWorkMs: [...atWork.values()].map(({ elapsedMs }) => elapsedMs),
        jobs,
      }),
    )
  }
  const onRunEnd = (record: RunRecord, run: Run): void => {
    const activity = atWork.get(run)
    if (activity === undefined) return
    atWork.delete(run)
    seen.set(record.run, record)
    const ms = activity.elapsedMs
    over.set(run, { outcome: record.outcome, ms })
    if (shown === undefined) {
      progress.finish(activity)
      return
    }
    const width = out.isTTY && shown === 'pretty' ? out.columns : undefined
    const look = { width, detail: detailFor(shown, total) }
    // As a report made of the records has it.
    const lines = runLines(record, palette, record.timings.tookMs, look)
    progress.finish(activity, () => out.write(`${lines.join('\n')}\n`))
  }
  return {
    onRunStart: (run, attempt) => {
      over.delete(run)
      const activity = progress.start(titleOf(run, attempt))
      atWork.set(run, activity)
      activity.step(show.first ?? 'starting QEMU')
    },
    onProgress: (run, words) => atWork.get(run)?.step(words),
    onNote: (run, words) => progress.line(`${run.scenario.name} on ${run.machine.name}: ${words}`),
    onRunEnd,
    onKept: (record, run) => {
      onRunEnd(record, run)
      const name = results === DEFAULT_RESULTS ? record.run : join(results, record.run)
      const told = shown === undefined ? process.stderr : out
      told.write(`the guest is kept until Ctrl-C; enter it with:\n  irqlab shell ${name}\n`)
    },
  }
}
