/** What `irqlab explain` knows of one name, and how a person reads it on a terminal. */
import type { Weight } from '../diagnose/finding.ts'
import type { LawName } from '../irq/laws/law-names.ts'
import { KERNELS_READ, type KernelStep, versionsOf } from '../irq/about/kernel-path.ts'
import type { Palette } from './colour.ts'
import { wrap } from './wrap.ts'

/** A law, told whole. */
export interface LawExplained {
  readonly kind: 'law'
  readonly name: string
  readonly wording: string
  readonly matters: string
  readonly path: readonly KernelStep[]
  readonly violation: string
  readonly look: readonly string[]
  /** The scenarios that ask it. */
  readonly askedBy: readonly string[]
}

/** A failure that is declared: of a law, or a message of the kernel's as a pattern. */
interface KnownExplained {
  readonly law?: LawName
  readonly message?: string
  /** In words. */
  readonly kernels: string
  readonly reason: string
}

/** A scenario, told whole. */
export interface ScenarioExplained {
  readonly kind: 'scenario'
  readonly name: string
  readonly topic: string
  readonly question: string
  /** What its file says of it. */
  readonly why: string
  readonly machine: string
  readonly devices: readonly string[]
  readonly needs: readonly string[]
  /** What its acts change: `anything`, or so little that it is asked of other people's machines too. */
  readonly changes: string
  /** Declared failures, each with the range of kernels. */
  readonly known: readonly KnownExplained[]
  readonly bracket?: { readonly violated: string; readonly held: string }
  readonly laws: readonly Pick<LawExplained, 'name' | 'wording' | 'violation'>[]
  readonly path: readonly KernelStep[]
}

/** A verdict's state or a run's outcome. */
export interface AnswerExplained {
  readonly kind: 'verdict' | 'outcome'
  readonly name: string
  readonly says: string
  readonly matters: string
  readonly look: readonly string[]
  /** Of an outcome. */
  readonly exitCode?: number
}

/** What `irqlab diagnose` finds on a machine. */
export interface FindingExplained {
  readonly kind: 'finding'
  readonly name: string
  readonly weight: Weight
  readonly says: string
  readonly matters: string
  readonly path: readonly KernelStep[]
  readonly look: readonly string[]
  /** Scenarios that show it. */
  readonly shownBy: readonly string[]
}

/** Everything that a name can stand for. */
export type Explanation = LawExplained | ScenarioExplained | FindingExplained | AnswerExplained

const INDENT = '  '
const DEEPER = '    '

/** The lines for a terminal of `width` columns. */
export function explanationLines(one: Explanation, palette: Palette, width: number): readonly string[] {
  const text = (words: string, indent = INDENT) => wrap(indent + words, width, indent)
  const item = (words: string) => wrap(`${INDENT}- ${words}`, width, `${INDENT}  `)
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', palette.dim(title), ...lines]
  const path = (steps: readonly KernelStep[]) =>
    part(
      `the kernel on this path (${KERNELS_READ}, or as it says)`,
      steps.flatMap((step) => [...text(placeOf(step)), ...text(step.does, DEEPER)]),
    )
  const head = (kind: string, words: string) => [
    `${palette.bold(one.name)} ${palette.dim(kind)}`,
    ...text(words),
  ]
  if (one.kind === 'law') {
    return [
      ...head('a law', one.wording),
      ...part('why it matters', text(one.matters)),
      ...path(one.path),
      ...part('what a violation means', text(one.violation)),
      ...part('where to look first', one.look.flatMap(item)),
      ...part('asked by', one.askedBy.length === 0 ? [] : text(one.askedBy.join(', '))),
    ]
  }
  if (one.kind === 'scenario') {
    return [
      ...head(`a scenario of ${one.topic}`, one.question),
      ...part('why it is asked', text(one.why)),
      ...part('asked of', text(askedOf(one))),
      ...part(
        'known failures',
        one.known.flatMap(({ law, message, kernels, reason }) =>
          item(`${law ?? `the message /${message}/`} on ${kernels}: ${reason}`),
        ),
      ),
      ...part(
        'the laws that it claims, and what a violation means',
        one.laws.flatMap(({ name, wording, violation }) => [
          `${INDENT}${palette.bold(name)}`,
          ...text(wording, DEEPER),
          ...text(`violated: ${violation}`, DEEPER),
        ]),
      ),
      ...path(one.path),
      ...part('where to look first', text('`irqlab explain LAW` says it for each law')),
    ]
  }
  if (one.kind === 'finding') {
    return [
      ...head(`a finding: ${WEIGHT_WORDS[one.weight]}`, one.says),
      ...part('why it matters', text(one.matters)),
      ...path(one.path),
      ...part('what to do, and where to look first', one.look.flatMap(item)),
      ...part('shown by', text(one.shownBy.join(', '))),
    ]
  }
  return [
    ...head(one.kind === 'verdict' ? 'a verdict' : 'the outcome of a run', one.says),
    ...part('why it matters', text(one.matters)),
    ...part('where to look first', one.look.flatMap(item)),
    ...part('exit code', one.exitCode === undefined ? [] : text(String(one.exitCode))),
  ]
}

/** How bad a finding is, in words. */
export const WEIGHT_WORDS: Readonly<Record<Weight, string>> = {
  bug: 'a bug of the kernel',
  off: 'something is off',
  note: 'a note',
}

/** Machine, devices and needs in one sentence; of a regression the two kernels too. */
export function askedOf({ machine, devices, needs, changes, bracket }: ScenarioExplained): string {
  const on = `the machine ${[machine, ...devices].join(' with ')}`
  const kernels = bracket === undefined ? '' : `; ${bracket.violated} has the bug, ${bracket.held} has not`
  const host =
    changes === 'anything' || devices.length > 0
      ? ''
      : `; changes ${changes} alone, so \`run --host\` may ask it`
  return `${on}; needs ${needs.join(', ') || 'nothing more'}${host}${kernels}`
}

/** `file:function`, and its kernels where it is not in all. */
export function placeOf(step: KernelStep): string {
  const versions = versionsOf(step)
  return versions === undefined ? step.at : `${step.at} (${versions})`
}
