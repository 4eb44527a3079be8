/** A campaign as KTAP 1, for the kernel's own tools (Documentation/dev-tools/ktap.rst): a subtest for each run, a line for each law. */
import type { Campaign } from '../record/read-campaign.ts'
import type { StreamFormat } from './format.ts'
import { evidenceOf, isForgiven, type ReportedRun, whyNotRun } from './reported-run.ts'
import { safeLine, safeText } from './safe-text.ts'
import { verdictsByLaw, verdictText } from './verdicts-by-law.ts'

/** The format. What broke or was not run is `not ok` with `# ERROR`; what is known is `ok` with `# XFAIL`, as in kselftest. */
export const ktapReport: StreamFormat = {
  head: ({ runs }) => `KTAP version 1\n1..${runs.length}\n`,
  part: (run, number, campaign) => `${runLines(run, number, campaign).join('\n')}\n`,
  tail: (campaign) => {
    const why = whyNotRun(campaign)
    const { notRun, runs } = campaign
    return why === undefined ? '' : `# ${plain(why)}: ${notRun.length} of ${runs.length} runs were not run\n`
  },
}

/** Of the reason behind a directive; all of it is in the lines above. */
const WHY_MAX = 200

const DIRECTIVES = { skip: 'SKIP', broken: 'ERROR', 'not run': 'ERROR' } as const

function runLines(run: ReportedRun, number: number, campaign: Campaign): readonly string[] {
  const { state, planned, kernel, machine } = run
  const name = plain(`${planned.scenario}.${machine}.${kernel}`)
  const why = plain(run.record?.reason ?? whyNotRun(campaign) ?? '').slice(0, WHY_MAX)
  const isKnown = isForgiven(campaign, run)
  const isOk = state === 'pass' || state === 'skip' || isKnown
  const word = isKnown
    ? 'XFAIL'
    : state in DIRECTIVES
      ? DIRECTIVES[state as keyof typeof DIRECTIVES]
      : undefined
  return [
    ...subtest(run, name, isOk, isKnown),
    ...diagnostics(run),
    `${isOk ? 'ok' : 'not ok'} ${number} ${name}${word === undefined ? '' : ` # ${word} ${why}`}`,
  ]
}

/** The laws. kunit.py counts these and not the runs: where all held and the run is not ok, a last one says so. */
function subtest(
  { record, state }: ReportedRun,
  name: string,
  isOk: boolean,
  isKnown: boolean,
): readonly string[] {
  const laws = verdictsByLaw(record?.verdicts ?? [])
  if (laws.length === 0) return []
  const points = laws.map((law) => ({
    words: law.against.map(verdictText),
    isOk: law.state === 'held' || isKnown,
    name: law.law,
    directive:
      law.state === 'held' ? '' : isKnown ? ' # XFAIL' : law.state === 'unproven' ? ' # ERROR unproven' : '',
  }))
  if (!isOk && points.every((point) => point.isOk))
    points.push({ words: [], isOk: false, name: `outcome-${state}`, directive: '' })
  return [
    'KTAP version 1',
    `# Subtest: ${name}`,
    `1..${points.length}`,
    ...points.flatMap(({ words, isOk: isPointOk, name: called, directive }, at) => [
      ...words.map((text) => `# ${plain(text)}`),
      `${isPointOk ? 'ok' : 'not ok'} ${at + 1} ${called}${directive}`,
    ]),
  ].map((line) => `  ${line}`)
}

/** A run that passed needs no words. */
function diagnostics(run: ReportedRun): readonly string[] {
  const { record, state } = run
  if (record === undefined || state === 'pass' || state === 'skip') return []
  return [
    `# ${state}${record.stage === undefined ? '' : ` at ${record.stage}`}: ${plain(record.reason)}`,
    ...(record.hint === undefined ? [] : [`# hint: ${plain(record.hint)}`]),
    ...(record.console ?? []).flatMap((text) =>
      safeText(text)
        .split('\n')
        .map((line) => `# | ${plain(line)}`),
    ),
    `# evidence: ${evidenceOf(run)}`,
  ]
}

/**
 * One line; a # of it would begin a directive, and KTAP knows no escape. At three phrases of a kernel that has ended
 * kunit.py stops reading, wherever they stand (linux: tools/testing/kunit/kunit_parser.py, KTAP_END).
 */
function plain(text: string): string {
  return safeLine(text)
    .replaceAll('#', '+')
    .replaceAll(/(List of all partitions|not syncing: VFS|reboot):/g, '$1 -')
}
