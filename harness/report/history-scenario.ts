/** What does a person read of one scenario's history? For each kernel and machine its laws, and every run that was no pass. */
import type { Side } from '../campaign/side.ts'
import type { JudgedLine } from '../history/history-line.ts'
import type { TroubledRun } from '../history/scenario-runs.ts'
import type { Palette } from './colour.ts'
import {
  accelOf,
  ageText,
  type HistoryLook,
  kernelOf,
  machineOf,
  newestMs,
  newsText,
  passedText,
  stripText,
  tookText,
} from './history-lines.ts'
import { SIGNS } from './pretty.ts'
import { wrap } from './wrap.ts'

/** One line of the scenario, in detail. */
export interface LineDetail {
  readonly judged: JudgedLine
  readonly laws: Side['laws']
  readonly troubled: readonly TroubledRun[]
  readonly skipped: readonly string[]
}

const STRIP = 60
const INDENT = '  '
/** Of more runs that were no pass only the newest are shown. */
const SHOWN_MAX = 10

/** All lines of a scenario. */
export function scenarioLines(details: readonly LineDetail[], look: HistoryLook): readonly string[] {
  return details.flatMap((detail, at) => [...(at === 0 ? [] : ['']), ...detailLines(detail, look)])
}

function detailLines(detail: LineDetail, { palette, width, nowMs }: HistoryLook): readonly string[] {
  const { judged, laws, troubled, skipped } = detail
  const { line, standing, failingSince } = judged
  const { steadiness, passesInARow, news } = standing
  const steady =
    steadiness === 'flaky'
      ? palette.doubt('flaky: on one kernel it came to different outcomes')
      : `${steadiness === 'stable' ? palette.good('stable') : 'settling'}, ${passesInARow} passes in a row`
  const since = failingSince === undefined || news === 'new failure' ? '' : ` since ${failingSince.name}`
  return [
    `${palette.bold(line.scenario)} on ${kernelOf(judged)}, ${machineOf(judged)}, ${accelOf(judged)}`,
    `${INDENT}${newsText(judged, palette)}${since}; ${steady}`,
    `${INDENT}${stripText(judged, Math.min(STRIP, (width ?? STRIP + 2) - 2), palette)}`,
    `${INDENT}${passedText(judged).trim()} passed${judged.took === undefined ? '' : `, took ${tookText(judged.took)}`}, last run ${ageText(newestMs(judged), nowMs)} on ${line.release}`,
    ...lawLines(laws, palette, width),
    ...skipped.flatMap((reason) => wrap(`${INDENT}skipped: ${oneLine(reason)}`, width, `${INDENT}${INDENT}`)),
    ...troubled.slice(0, SHOWN_MAX).flatMap((run) => troubledLines(run, palette, width)),
    ...(troubled.length > SHOWN_MAX
      ? [palette.dim(`${INDENT}and ${troubled.length - SHOWN_MAX} more that were no pass: --json has all`)]
      : []),
  ]
}

function lawLines(laws: Side['laws'], palette: Palette, width: number | undefined): readonly string[] {
  const bad = [...laws].filter(([, { state }]) => state !== 'held')
  const held = [...laws].filter(([, { state }]) => state === 'held').map(([law]) => law)
  return [
    ...bad.flatMap(([law, { tally, sentence = '' }]) => {
      const all = tally.held + tally.violated + tally.unproven
      const counts = [
        ...(tally.violated > 0 ? [`violated ${tally.violated}`] : []),
        ...(tally.unproven > 0 ? [`unproven ${tally.unproven}`] : []),
      ]
      const paint = tally.violated > 0 ? palette.bad : palette.doubt
      const text = `${paint(`${law}: ${counts.join(', ')} of ${all}`)}, such as ${oneLine(sentence)}`
      return wrap(`${INDENT}${text}`, width, `${INDENT}${INDENT}`)
    }),
    ...(held.length === 0
      ? []
      : wrap(`${INDENT}always held: ${held.join(', ')}`, width, `${INDENT}${INDENT}`)),
  ]
}

function troubledLines(
  { outcome, reason, path, startedMs, release, seed }: TroubledRun,
  palette: Palette,
  width: number | undefined,
): readonly string[] {
  const when = new Date(startedMs).toISOString().slice(0, 16).replace('T', ' ')
  const head = `${INDENT}${palette.outcome[outcome](`${SIGNS[outcome]} ${outcome}`)}  ${when}  ${release}  seed ${seed}`
  return [
    head,
    ...wrap(`${INDENT}${INDENT}${oneLine(reason)}`, width, `${INDENT}${INDENT}`),
    palette.dim(`${INDENT}${INDENT}${path}`),
  ]
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
