/** History for a script: versioned, plain data, all that the lines for a person are made of. */
import type { KeptCampaign } from '../history/campaigns.ts'
import type { JudgedLine } from '../history/history-line.ts'
import type { Unreadable } from '../history/read-campaign-facts.ts'
import type { LineDetail } from './history-scenario.ts'

/** Changes when a reader of old documents would have to know. */
const HISTORY_SCHEMA = 'irqlab.history/1'

/** What is told. */
export interface HistoryAnswer {
  readonly results: string
  readonly campaigns: readonly KeptCampaign[]
  readonly lines: readonly JudgedLine[]
  readonly details: readonly LineDetail[]
  readonly unreadable: readonly Unreadable[]
  /** Runs of the newest campaign without a record. */
  readonly notRun: number
}

/** The document. */
export function historyJson({
  results,
  campaigns,
  lines,
  details,
  unreadable,
  notRun,
}: HistoryAnswer): string {
  const document = {
    schema: HISTORY_SCHEMA,
    results,
    campaigns: campaigns.length,
    newest: { campaign: campaigns.at(-1)?.name, notRun },
    lines: lines.map((line) => ({
      ...lineJson(line),
      ...detailJson(details.find(({ judged }) => judged === line)),
    })),
    unreadable,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function lineJson({ line, standing, took, failingSince }: JudgedLine): object {
  const { scenario, kernel, release, machine, accel, setup, runs } = line
  const { news, steadiness, passesInARow, passRate, counts } = standing
  return {
    scenario,
    kernel,
    release,
    machine,
    accel,
    ...(setup === '' ? {} : { setup: JSON.parse(setup) as unknown }),
    news,
    steadiness,
    passesInARow,
    passRate,
    counts,
    ...(failingSince === undefined ? {} : { failingSince: failingSince.name }),
    ...(took === undefined ? {} : { took }),
    lastRunAt: new Date(runs.at(-1)?.startedMs ?? 0).toISOString(),
    outcomes: runs.map(({ outcome }) => outcome),
  }
}

function detailJson(detail: LineDetail | undefined): object {
  if (detail === undefined) return {}
  const { laws, troubled, skipped } = detail
  return {
    laws: Object.fromEntries(
      [...laws].map(([law, { state, tally, sentence }]) => [law, { state, ...tally, sentence }]),
    ),
    notPassed: troubled.map(({ startedMs, ...run }) => ({
      ...run,
      startedAt: new Date(startedMs).toISOString(),
    })),
    skipped,
  }
}
