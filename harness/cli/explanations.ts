/** All that can be explained: scenarios, laws, findings, verdicts and outcomes, each text from where it is kept. */
import { readFileSync } from 'node:fs'
import { ABOUT_OUTCOMES } from '../campaign/about-outcomes.ts'
import { exitCodeOf } from '../campaign/outcome.ts'
import { ABOUT_FINDINGS } from '../diagnose/about-findings.ts'
import { FINDING_NAMES, FINDINGS } from '../diagnose/finding.ts'
import { kernelPath } from '../irq/about/kernel-path.ts'
import { aboutLaw, wordingOf } from '../irq/about/law.ts'
import { ABOUT_VERDICTS } from '../irq/about/verdict-states.ts'
import { LAW_NAMES, type LawName } from '../irq/laws/law-names.ts'
import { OUTCOMES } from '../record/run-record.ts'
import type {
  AnswerExplained,
  Explanation,
  FindingExplained,
  LawExplained,
  ScenarioExplained,
} from '../report/explanation.ts'
import { claimedLaws } from '../scenario/claimed-laws.ts'
import { openingComment } from './opening-comment.ts'
import { allScenarios, type ListedScenario } from './scenario-files.ts'

/** Everything, in the order in which it is told: scenarios by topic, laws in theirs, findings the most important first, verdicts, outcomes the worst first. */
export interface Explanations {
  readonly scenarios: readonly ScenarioExplained[]
  readonly laws: readonly LawExplained[]
  readonly findings: readonly FindingExplained[]
  readonly answers: readonly AnswerExplained[]
}

/** Reads the scenarios of the catalogue, and says what is known of everything. Throws `UsageError` for a bad file. */
export async function allExplanations(): Promise<Explanations> {
  const listed = await allScenarios()
  const scenarios = listed.map(scenarioExplained)
  return {
    scenarios,
    laws: LAW_NAMES.map((name) => lawExplained(name, scenarios)),
    findings: FINDING_NAMES.map((name) => {
      const { path, ...about } = ABOUT_FINDINGS[name]
      return { kind: 'finding', name, weight: FINDINGS[name], ...about, path: kernelPath(path) }
    }),
    answers: [
      ...(['held', 'violated', 'unproven'] as const).map((name) => ({
        kind: 'verdict' as const,
        name,
        ...ABOUT_VERDICTS[name],
      })),
      ...OUTCOMES.map((name) => ({
        kind: 'outcome' as const,
        name,
        ...ABOUT_OUTCOMES[name],
        exitCode: exitCodeOf([name], { failOnKnown: false }),
      })),
    ],
  }
}

/** What a name stands for: `held` is a law and a verdict. */
export function explanationsOf(
  name: string,
  { scenarios, laws, findings, answers }: Explanations,
): readonly Explanation[] {
  return [...scenarios, ...laws, ...findings, ...answers].filter((one) => one.name === name)
}

function scenarioExplained({ topic, file, scenario }: ListedScenario): ScenarioExplained {
  const { name, question, machine, needs, changes, known, bracket } = scenario
  const laws = claimedLaws(scenario)
  return {
    kind: 'scenario',
    name,
    topic,
    question,
    why: openingComment(readFileSync(file, 'utf8')) ?? '',
    machine: machine.name,
    devices: machine.devices,
    needs,
    changes: changes ?? 'anything',
    known: known.map(({ law, message, from, before, reason }) => ({
      ...(law === undefined ? {} : { law }),
      ...(message === undefined ? {} : { message: message.source }),
      kernels: kernelsFrom(from, before),
      reason,
    })),
    ...(bracket === undefined ? {} : { bracket }),
    laws: laws.map((law) => ({ name: law, wording: wordingOf(law), violation: aboutLaw(law).violation })),
    path: kernelPath(laws.flatMap((law) => aboutLaw(law).path)),
  }
}

function lawExplained(name: LawName, scenarios: readonly ScenarioExplained[]): LawExplained {
  const { matters, path, violation, look } = aboutLaw(name)
  return {
    kind: 'law',
    name,
    wording: wordingOf(name),
    matters,
    path: kernelPath(path),
    violation,
    look,
    askedBy: scenarios.filter(({ laws }) => laws.some((law) => law.name === name)).map((one) => one.name),
  }
}

function kernelsFrom(from: string | undefined, before: string | undefined): string {
  const since = from === undefined ? 'all kernels' : `kernels since ${from}`
  return before === undefined ? since : `${since} and before ${before}`
}
