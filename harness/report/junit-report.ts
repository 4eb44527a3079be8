/** A campaign as JUnit XML, as Jenkins and GitLab read it: a suite for each kernel and machine, a test case for each run. */
import { create } from 'xmlbuilder2'
import type { Campaign } from '../record/read-campaign.ts'
import type { WholeFormat } from './format.ts'
import { guestName } from './guest-name.ts'
import { evidenceOf, isForgiven, reportedRuns, type ReportedRun, whyNotRun } from './reported-run.ts'
import { bounded, safeLine, safeText } from './safe-text.ts'
import { verdictsByLaw, verdictText } from './verdicts-by-law.ts'

type XMLBuilder = ReturnType<typeof create>

/** Of a message, which is an attribute; and of all text of one test case. */
const MESSAGE_MAX = 1000
const TEXT_MAX = 16 * 1024

/** The format. */
export const junitReport: WholeFormat = {
  whole: (campaign) => {
    const runs = reportedRuns(campaign)
    // The schema has the count of skipped ones at the suites alone.
    const { skipped: _, ...counts } = countsOf(campaign, runs)
    const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
      name: safeLine(campaign.name),
      ...counts,
    })
    const suites = [...new Set(runs.map(suiteOf))]
    for (const name of suites)
      addSuite(
        root,
        campaign,
        name,
        runs.filter((run) => suiteOf(run) === name),
      )
    return `${root.end({ prettyPrint: true })}\n`
  },
}

/** Jenkins takes what is before the last dot for a package: the kernel is the package, the machine the class. */
function suiteOf({ kernel, planned }: ReportedRun): string {
  return safeLine(`${kernel}.${planned.machine}`)
}

function addSuite(root: XMLBuilder, campaign: Campaign, name: string, runs: readonly ReportedRun[]): void {
  const started =
    runs.flatMap(({ record }) => record?.timings.startedAt ?? []).sort()[0] ?? campaign.plan?.startedAt
  const suite = root.ele('testsuite', {
    name,
    ...countsOf(campaign, runs),
    // Local time without a zone is what readers expect; UTC is the only one that records know.
    ...(started === undefined ? {} : { timestamp: started.slice(0, 19) }),
  })
  const properties = suite.ele('properties')
  for (const [property, value] of propertiesOf(campaign, runs))
    properties.ele('property', { name: property, value: safeLine(value) })
  for (const run of runs) addCase(suite, campaign, name, run)
}

function addCase(suite: XMLBuilder, campaign: Campaign, classname: string, run: ReportedRun): void {
  const { planned, tookMs } = run
  const repeat = planned.repeat > 1 ? `, repeat ${planned.repeat}` : ''
  const testcase = suite.ele('testcase', {
    name: safeLine(`${planned.scenario}${repeat}`),
    classname,
    ...(tookMs === undefined ? {} : { time: seconds(tookMs) }),
  })
  const [element, attributes] = elementOf(campaign, run) ?? []
  const explanation = bounded(explanationOf(run), TEXT_MAX)
  if (element === 'skipped') testcase.ele('skipped').txt(attributes?.message ?? '')
  else if (element !== undefined) testcase.ele(element, attributes).txt(explanation)
  if (run.record !== undefined) testcase.ele('system-out').txt(bounded(systemOut(run), TEXT_MAX))
}

type CaseElement = readonly [
  'failure' | 'error' | 'skipped',
  { readonly type: string; readonly message: string },
]

/** None of a pass. A known failure is skipped, which readers show and do not count, unless it was to fail the campaign. */
function elementOf(campaign: Campaign, run: ReportedRun): CaseElement | undefined {
  const { state, record } = run
  const reason = record?.reason ?? whyNotRun(campaign) ?? ''
  const stage = record?.stage === undefined ? '' : `${record.stage}: `
  const attributes = { type: state, message: safeLine(`${stage}${reason}`).slice(0, MESSAGE_MAX) }
  if (state === 'pass') return undefined
  if (state === 'broken') return ['error', attributes]
  if (state === 'fail' || state === 'fixed') return ['failure', attributes]
  if (state === 'known' && !isForgiven(campaign, run)) return ['failure', attributes]
  return ['skipped', { ...attributes, message: `${state}: ${attributes.message}` }]
}

/** What a person needs to begin with: reason, hint, every verdict against it, the last words of the console. */
function explanationOf({ record }: ReportedRun): string {
  if (record === undefined) return ''
  const against = record.verdicts.filter(({ state }) => state !== 'held')
  return safeText(
    [
      record.reason,
      ...(record.hint === undefined ? [] : [`hint: ${record.hint}`]),
      ...against.map(verdictText),
      ...(record.console === undefined ? [] : ['last lines of the console:', ...record.console]),
    ].join('\n'),
  )
}

function systemOut(run: ReportedRun): string {
  const { record, planned } = run
  if (record === undefined) return ''
  return safeText(
    [
      planned.question,
      `seed ${planned.seed}${record.attempts > 1 ? `, attempt ${record.attempts}` : ''}; evidence in ${evidenceOf(run)}`,
      ...verdictsByLaw(record.verdicts).map(({ law, words }) => `${law}: ${words}`),
      ...(record.notes ?? []),
      ...(record.outcome === 'known' || record.outcome === 'skip' ? [explanationOf(run)] : []),
    ].join('\n'),
  )
}

function propertiesOf(
  { plan }: Campaign,
  runs: readonly ReportedRun[],
): readonly (readonly [string, string])[] {
  const [first] = runs
  const record = runs.find((run) => run.record !== undefined)?.record
  const { source, release, sha256, packageVersion } = first?.planned.kernel ?? {}
  const all = {
    'kernel.source': source,
    'kernel.release': release,
    'kernel.sha256': sha256,
    'kernel.package': packageVersion,
    machine: first?.planned.machine,
    accel: record?.accel.used ?? plan?.accel?.used,
    qemu: record?.accel.qemu ?? plan?.accel?.qemu,
    guest: record === undefined ? undefined : guestName(record.guest),
    'guest.sha256': record?.guest.sha256 ?? plan?.guest?.sha256,
    irqlab: plan?.irqlab,
  }
  return Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

function countsOf(
  campaign: Campaign,
  runs: readonly ReportedRun[],
): Readonly<Record<string, string>> & {
  readonly skipped: string
} {
  const elements = runs.map((run) => elementOf(campaign, run)?.[0])
  const count = (element: CaseElement[0]) => String(elements.filter((one) => one === element).length)
  return {
    tests: String(runs.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(runs.reduce((sum, { tookMs = 0 }) => sum + tookMs, 0)),
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
