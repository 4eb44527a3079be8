/** docs/DIAGNOSE.md: the decision tree as a page, its texts from the tree, the findings, the catalogue and real transcripts. Pure. */
import type { KeptTranscript } from '../diagnose/tree/kept-transcript.ts'
import type { Fork, Step } from '../diagnose/tree/step.ts'
import { kernelPath, type KernelStep } from '../irq/about/kernel-path.ts'
import type { Catalogue } from './catalogue-page.ts'
import { placeOf } from './explanation.ts'
import { markdownTable } from './markdown-table.ts'

/** What the page is made of. */
export interface TreePage {
  readonly root: Step
  readonly forks: readonly Fork[]
  readonly catalogue: Pick<Catalogue, 'scenarios' | 'laws' | 'findings'>
  /** By their names. */
  readonly transcripts: ReadonlyMap<string, KeptTranscript>
  /** Where the picture is, seen from the page. */
  readonly picture: string
  /** What writes the page. */
  readonly command: string
}

/** The whole page as Markdown. Throws when the tree names what is not there. */
export function treePage(page: TreePage): string {
  const { root, forks } = page
  return [
    '# Why does an affinity not take effect?',
    '',
    '_I wrote `smp_affinity`; `effective_affinity` and `/proc/interrupts` stay as they were. Why?_',
    '',
    ...transcript('the-question', page),
    '',
    'Ten seconds later the queue is where it was, and nothing is wrong with that kernel. This page is the way to the answer, from the first look to what one must not forget. On a live machine the short way is one command, which only reads:',
    '',
    '```sh',
    'irqlab diagnose                     # this machine; or ssh://root@HOST, or a capture',
    'irqlab diagnose --irq 33            # one irq; its number is the first column of /proc/interrupts',
    'irqlab diagnose --watch             # a live view: moves light up',
    'irqlab diagnose --html page.html    # the same as a page: findings, machine, a lane for each irq',
    'irqlab explain FINDING              # what a finding means, where the kernel does it, what to do',
    'irqlab capture --script             # a script for machines without irqlab; `irqlab diagnose FILE` reads what it leaves',
    '```',
    '',
    'The page that `--html` writes: each irq is a lane over the CPUs, with an arrow from where it is to where it was asked to go ([the whole page](report/diagnosis.html), saved and opened in a browser).',
    '',
    '<picture>',
    '  <source media="(prefers-color-scheme: dark)" srcset="report/diagnosis-lanes-1280-dark.png">',
    '  <img alt="Lanes of a machine whose CPUs 2 and 3 are set apart. irq 31 fires on CPU 3; irqs 29, 33, 34 and 35 wait, each with an arrow to the CPU that was asked for." src="report/diagnosis-lanes-1280-light.png">',
    '</picture>',
    '',
    '## The tree',
    '',
    `![The decision tree: five questions one below the other, and the reasons that each leads to](${page.picture})`,
    '',
    'In words: N is the number of the irq. The first question that applies leads away; the reasons below it are in the order in which to look.',
    '',
    `0. ${linkTo(root)}: ${root.shows}`,
    ...forks.flatMap(({ asks, when, steps }, at) => [
      `${at + 1}. **${asks}** If ${when}:`,
      ...steps.map((step) => `   - ${linkTo(step)}: ${step.shows} → ${step.answer}`),
    ]),
    '',
    `All outputs are from guests of irqlab; which one stands above each. \`irqlab run SCENARIO --keep\` boots such a guest and \`irqlab shell RUN\` enters it; \`guest.tar\` is a capture of it. \`npm run transcripts\` types all of it again, \`${page.command}\` writes this page: texts about findings, laws and scenarios are those of \`irqlab explain\` and the [catalogue](CATALOGUE.md), and the words of each step are in \`harness/diagnose/tree/\`.`,
    '',
    ...stepLines(root, '##', page),
    ...forks.flatMap((fork, at) => [
      `## ${at + 1}. ${fork.heading}`,
      '',
      ...fork.steps.flatMap((step) => stepLines(step, '###', page)),
    ]),
    '## Findings and where they are told',
    '',
    ...findingTable(page),
    '',
  ].join('\n')
}

function stepLines(step: Step, level: string, page: TreePage): readonly string[] {
  const { catalogue } = page
  const findings = step.findings.map((name) => known(catalogue.findings, name))
  const scenarios = step.scenarios.map((name) => known(catalogue.scenarios, name))
  const laws = step.laws.map((name) => known(catalogue.laws, name))
  return [
    `${level} ${step.name}`,
    '',
    ...step.means.flatMap((words) => [words, '']),
    ...(step.type === undefined ? [] : ['```sh', ...step.type, '```', '']),
    ...step.seen.flatMap(([words, name]) => [words, '', ...transcript(name, page), '']),
    ...findings.flatMap(({ name, says, look }) => [
      `**[\`${name}\`](CATALOGUE.md#finding-${name})**: ${says}`,
      '',
      ...look.map((words) => `- ${words}`),
      '',
    ]),
    ...(step.versions === undefined ? [] : [...markdownTable(['kernels', 'there'], step.versions), '']),
    'In the kernel:',
    '',
    ...kernelPath(step.functions).map(functionLine),
    '',
    `Shown by \`irqlab run NAME\`:`,
    '',
    ...scenarios.map(({ name, question }) => `- [\`${name}\`](CATALOGUE.md#${name}): ${question}`),
    '',
    ...(laws.length === 0
      ? []
      : [`Laws: ${laws.map(({ name }) => `[\`${name}\`](CATALOGUE.md#law-${name})`).join(', ')}.`, '']),
  ]
}

/** The heading's anchor, as GitHub makes it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function linkTo({ name }: Step): string {
  return `[${name}](#${anchorOf(name)})`
}

function transcript(name: string, { transcripts }: TreePage): readonly string[] {
  const kept = transcripts.get(name)
  if (kept === undefined)
    throw new Error(`there is no transcript ${name}: \`npm run transcripts -- ${name}\``)
  return ['```console', `# ${kept.taken}`, ...kept.text.split('\n'), '```']
}

function functionLine(step: KernelStep): string {
  const { at } = step
  return `- \`${at}\`${placeOf(step).slice(at.length)}: ${step.does}`
}

function findingTable({ root, forks, catalogue }: TreePage): readonly string[] {
  const steps = [root, ...forks.flatMap((fork) => fork.steps)]
  return markdownTable(
    ['finding', 'which is', 'told in'],
    catalogue.findings.map(({ name, weight }) => [
      `\`${name}\``,
      weight === 'bug' ? 'a bug' : weight,
      steps
        .filter((step) => step.findings.some((one) => one === name))
        .map(linkTo)
        .join(', '),
    ]),
  )
}

function known<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  const found = all.find((one) => one.name === name)
  if (found === undefined) throw new Error(`the decision tree names ${name}, and there is none`)
  return found
}
