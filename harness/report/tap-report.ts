/** A campaign as TAP 14: a subtest for each run, a test point for each law, YAML diagnostics. */
import { stringify } from 'yaml'
import type { Campaign } from '../record/read-campaign.ts'
import type { StreamFormat } from './format.ts'
import { evidenceOf, isForgiven, type ReportedRun, whyNotRun } from './reported-run.ts'
import { safeLine, safeText } from './safe-text.ts'
import { type LawSummary, verdictsByLaw } from './verdicts-by-law.ts'

const INDENT = '    '

/** The format. What was not run is `not ok`, and the stream ends with `Bail out!`: it must not be read as a pass. */
export const tapReport: StreamFormat = {
  head: ({ runs }) => `TAP version 14\n${plan(runs.length)}`,
  part: (run, number, campaign) => `${runLines(run, number, campaign).join('\n')}\n`,
  tail: (campaign) => {
    const why = whyNotRun(campaign)
    if (why === undefined) return ''
    const { notRun, runs } = campaign
    return `Bail out! ${escaped(safeLine(why))}: ${notRun.length} of ${runs.length} runs were not run\n`
  },
}

function plan(count: number): string {
  return count === 0 ? '1..0 # SKIP no run was asked for\n' : `1..${count}\n`
}

function runLines(run: ReportedRun, number: number, campaign: Campaign): readonly string[] {
  const { record, state, title } = run
  const name = escaped(title)
  const why = record?.reason ?? whyNotRun(campaign) ?? ''
  const directive =
    state === 'skip'
      ? ` # SKIP ${escaped(safeLine(why))}`
      : isForgiven(campaign, run)
        ? ` # TODO known: ${escaped(safeLine(why))}`
        : ''
  const isOk = state === 'pass' || state === 'skip'
  const laws = verdictsByLaw(record?.verdicts ?? [])
  const subtest =
    laws.length === 0 ? [] : [`# Subtest: ${name}`, ...indented(lawLines(laws, directive !== ''), 4)]
  return [
    ...subtest,
    `${isOk ? 'ok' : 'not ok'} ${number} - ${name}${directive}`,
    ...yaml({ outcome: state, ...(state === 'skip' ? {} : { reason: safeText(why) }), ...factsOf(run) }),
  ]
}

function lawLines(laws: readonly LawSummary[], areForgiven: boolean): readonly string[] {
  const points = laws.flatMap(({ law, state, words, against }, at) => {
    const todo = areForgiven && state !== 'held' ? ' # TODO known' : ''
    const line = `${state === 'held' ? 'ok' : 'not ok'} ${at + 1} - ${law} (${words})${todo}`
    return state === 'held' ? [line] : [line, ...yaml({ [state]: against.map(verdictFacts) })]
  })
  return [`1..${laws.length}`, ...points]
}

function verdictFacts({ queue, irq, move, sentence, numbers }: LawSummary['against'][number]): unknown {
  return { queue, irq, move, sentence: safeText(sentence), numbers }
}

function factsOf(run: ReportedRun): Readonly<Record<string, unknown>> {
  const { record, tookMs, planned } = run
  const { source, release } = planned.kernel
  return {
    ...(record?.stage === undefined ? {} : { stage: record.stage }),
    ...(record?.hint === undefined ? {} : { hint: safeText(record.hint) }),
    ...(record?.need === undefined ? {} : { need: record.need }),
    kernel: { source, release },
    machine: planned.machine,
    seed: planned.seed,
    ...(tookMs === undefined ? {} : { duration_ms: tookMs }),
    ...(record === undefined || record.attempts === 1 ? {} : { attempts: record.attempts }),
    ...(record?.console === undefined || record.outcome === 'skip'
      ? {}
      : { console: record.console.map(safeText) }),
    ...(record === undefined ? {} : { evidence: evidenceOf(run) }),
  }
}

/** A YAML block under a test point; nothing in it can end it early, because all of it is indented. */
function yaml(value: unknown): readonly string[] {
  const text = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()
  return indented(['---', ...text.split('\n'), '...'], 2)
}

function indented(lines: readonly string[], columns: number): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `${INDENT.slice(0, columns)}${line}`))
}

/** TAP 14, "Test Points": `#` begins a directive unless it is escaped. */
function escaped(text: string): string {
  return text.replaceAll(/[\\#]/g, String.raw`\$&`)
}
