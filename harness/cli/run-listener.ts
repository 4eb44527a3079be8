/** What does a person see of a campaign while it runs? A live line for each run at work, and the lines of each that is over. */
import { join } from 'node:path'
import type { PlannedRun } from '../campaign/plan.ts'
import type { CampaignListener, ReadyKernel } from '../campaign/run-campaign.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { Outcome, RunRecord } from '../record/run-record.ts'
import { paletteFor } from '../report/colour.ts'
import { runLines } from '../report/pretty.ts'
import type { Activity, Progress } from '../report/progress.ts'
import { totalsLine } from '../report/totals.ts'

/** Where a campaign is shown, and what of it. */
export interface Show {
  /** Takes the lines of finished runs. */
  readonly out: NodeJS.WriteStream
  readonly progress: Progress
  /** The last attempt of each run that was finished: kept up to date here. */
  readonly seen: Map<string, RunRecord>
  readonly runs: readonly Run[]
  readonly jobs: number
  readonly results: string
}

type Run = PlannedRun<ReadyKernel>

/** With more runs than this the tables of those that passed are not shown. */
const TABLES_MAX = 10

/** Shows what a campaign tells. */
export function listenerFor({ out, progress, seen, runs, jobs, results }: Show): CampaignListener {
  const palette = paletteFor(out)
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
    const look = { width: out.isTTY ? out.columns : undefined, brief: total > TABLES_MAX }
    progress.finish(activity, () => out.write(`${runLines(record, palette, ms, look).join('\n')}\n`))
  }
  return {
    onRunStart: (run, attempt) => {
      over.delete(run)
      const activity = progress.start(titleOf(run, attempt))
      atWork.set(run, activity)
      activity.step('starting QEMU')
    },
    onProgress: (run, words) => atWork.get(run)?.step(words),
    onNote: (run, words) => progress.line(`${run.scenario.name} on ${run.machine.name}: ${words}`),
    onRunEnd,
    onKept: (record, run) => {
      onRunEnd(record, run)
      const name = results === DEFAULT_RESULTS ? record.run : join(results, record.run)
      out.write(`the guest is kept until Ctrl-C; enter it with:\n  irqlab shell ${name}\n`)
    },
  }
}
