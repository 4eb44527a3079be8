/** docs/CATALOGUE.md: every scenario, law, finding, verdict and outcome, from the texts that `irqlab explain` shows. Pure. */
import { KERNELS_READ, type KernelStep } from '../irq/about/kernel-path.ts'
import {
  type AnswerExplained,
  askedOf,
  type FindingExplained,
  type LawExplained,
  placeOf,
  type ScenarioExplained,
  WEIGHT_WORDS,
} from './explanation.ts'

/** What the page is made of. */
export interface Catalogue {
  /** What a topic asks about, in a few words, by its name. */
  readonly topics: ReadonlyMap<string, string>
  readonly scenarios: readonly ScenarioExplained[]
  readonly laws: readonly LawExplained[]
  readonly findings: readonly FindingExplained[]
  readonly answers: readonly AnswerExplained[]
}

/** The whole page as Markdown; `command` is what makes it. */
export function cataloguePage(
  { topics, scenarios, laws, findings, answers }: Catalogue,
  command: string,
): string {
  const asked = [...new Set(scenarios.map(({ topic }) => topic))]
  return [
    '# The catalogue',
    '',
    `Every question that irqlab asks, and every law that answers: what \`irqlab explain NAME\` shows of each. \`${command}\` writes this page; change the texts where they are kept, in \`scenarios/\` and \`harness/irq/about/\`.`,
    ...asked.flatMap((topic) => [
      '',
      `## ${topic}: ${topics.get(topic) ?? ''}`,
      ...scenarios.filter((one) => one.topic === topic).flatMap(scenarioLines),
    ]),
    '',
    '## The laws',
    '',
    `Functions are in ${KERNELS_READ} where nothing else is said.`,
    ...laws.flatMap(lawLines),
    '',
    '## What `irqlab diagnose` finds',
    '',
    'The most important first. [DIAGNOSE.md](DIAGNOSE.md) leads to each, with what real machines showed.',
    ...findings.flatMap(findingLines),
    '',
    '## Verdicts and outcomes',
    ...answers.flatMap(answerLines),
    '',
  ].join('\n')
}

function scenarioLines(one: ScenarioExplained): readonly string[] {
  return [
    '',
    `### ${one.name}`,
    '',
    `**${one.question}**`,
    '',
    escaped(one.why),
    '',
    `Asked of ${askedOf(one)}. Laws: ${one.laws.map(({ name }) => link(name)).join(', ') || 'none of its own'}.`,
    ...(one.known.length === 0 ? [] : ['', 'Known failures:', '']),
    ...one.known.map(
      ({ law, message, kernels, reason }) =>
        `- ${law === undefined ? `the message \`${message}\`` : link(law)} on ${kernels}: ${escaped(reason)}`,
    ),
  ]
}

function lawLines(one: LawExplained): readonly string[] {
  return [
    '',
    `### Law: ${one.name}`,
    '',
    `> ${one.wording}`,
    '',
    escaped(one.matters),
    '',
    ...one.path.map(stepLine),
    '',
    `**Violated:** ${escaped(one.violation)} Look first at:`,
    '',
    ...one.look.map((words) => `- ${escaped(words)}`),
    '',
    `Asked by ${one.askedBy.map((name) => `[${name}](#${name})`).join(', ') || 'no scenario of its own'}.`,
  ]
}

function findingLines(one: FindingExplained): readonly string[] {
  return [
    '',
    `### Finding: ${one.name}`,
    '',
    `> ${one.says}`,
    '',
    `${capital(WEIGHT_WORDS[one.weight])}. ${escaped(one.matters)}`,
    '',
    ...one.path.map(stepLine),
    '',
    'Look first at:',
    '',
    ...one.look.map((words) => `- ${escaped(words)}`),
    '',
    `Shown by ${one.shownBy.map((name) => `[${name}](#${name})`).join(', ')}.`,
  ]
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function stepLine(step: KernelStep): string {
  const { at } = step
  return `- \`${at}\`${placeOf(step).slice(at.length)}: ${escaped(step.does)}`
}

function answerLines({ kind, name, says, matters, look, exitCode }: AnswerExplained): readonly string[] {
  return [
    '',
    `### ${kind === 'verdict' ? 'Verdict' : 'Outcome'}: ${name}`,
    '',
    `${escaped(says)} ${escaped(matters)}${exitCode === undefined ? '' : ` Exit code ${exitCode}.`}`,
    '',
    ...look.map((words) => `- ${escaped(words)}`),
  ]
}

function link(law: string): string {
  return `[${law}](#law-${law})`
}

/** Stars and brackets are no markup here; what stands between backticks is left alone. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/([*<])/g, String.raw`\$1`)))
    .join('')
}
