/** A diagnosis for a person: what machine it is, what is off in the order of importance, and the table of its irqs. */
import type { BehaviourKind } from '../diagnose/behaviour-kind.ts'
import { FINDINGS, type Finding, type FindingName } from '../diagnose/finding.ts'
import { type Diagnosis, isOff } from '../diagnose/diagnose.ts'
import { lastOf, nameOf } from '../diagnose/evidence.ts'
import { pad, type Palette } from './colour.ts'
import { diagnosisTable } from './diagnosis-table.ts'
import { wrap } from './wrap.ts'

/** What may be asked for. */
export interface DiagnosisView {
  /** Of the terminal; undefined for a pipe. */
  readonly width: number | undefined
  /** All irqs, and all findings of a kind. */
  readonly all: boolean
  /** What was diagnosed: `this host`, a path, an address. */
  readonly what: string
}

/** Findings of one kind that are told in full; a machine with 4,000 irqs has the same trouble 500 times. */
const TOLD_MAX = 4
const INDENT = '  '

/** The lines. */
export function diagnosisLines(
  diagnosis: Diagnosis,
  palette: Palette,
  view: DiagnosisView,
): readonly string[] {
  const { findings } = diagnosis
  const off = findings.filter(isOff)
  const notes = findings.filter((finding) => !isOff(finding))
  return [
    ...headLines(diagnosis, palette, view),
    '',
    ...(off.length === 0 ? [palette.good(quietLine(diagnosis))] : groups(off, palette, view)),
    ...(notes.length === 0 ? [] : groups(notes, palette, view)),
    ...(findings.length === 0
      ? []
      : wrap('`irqlab explain NAME` tells what a finding means, and what to do', view.width).map(
          palette.dim,
        )),
    '',
    ...diagnosisTable(diagnosis, palette, view),
    ...onlyOne(diagnosis).flatMap(({ behaviour }) =>
      wrap(`a new mask ${BEHAVIOUR_SENTENCES[behaviour.kind]}: ${behaviour.why}`, view.width),
    ),
  ]
}

/** The irq that alone is asked for. */
function onlyOne({ irqs, seen }: Diagnosis): Diagnosis['irqs'] {
  return irqs.length === 1 && seen.irqs.length > 1 ? irqs : []
}

/** Of a new mask. */
const BEHAVIOUR_SENTENCES: Readonly<Record<BehaviourKind, string>> = {
  deferred: 'waits for the next interrupt',
  immediate: 'takes effect at once',
  managed: 'is refused',
  fixed: 'is refused',
  'no handler': 'is only stored',
  unknown: 'does what nobody knows',
}

function headLines({ seen }: Diagnosis, palette: Palette, { what, width }: DiagnosisView): readonly string[] {
  const online = lastOf(seen.cpus.online)
  const cpus = online === undefined ? 'CPUs not known' : `${online.size} CPUs online (${online.toList()})`
  const inUse = seen.irqs.filter(({ action }) => action !== '').length
  const time =
    seen.elapsedSeconds === undefined
      ? 'one sample only: rates and moves are not known'
      : `two samples ${seen.elapsedSeconds} s apart`
  const isolated = seen.cpus.isolated.isEmpty ? '' : `, ${seen.cpus.isolated.toList()} set apart`
  const told = (lines: readonly string[]) =>
    lines.flatMap((line) => wrap(`${INDENT}${line}`, width, `${INDENT}  `))
  return [
    ...wrap(
      `${what}: Linux ${seen.releaseText ?? 'of an unknown release'}, ${cpus}${isolated}, ${inUse} ${inUse === 1 ? 'irq' : 'irqs'} in use; ${SOURCES[seen.source]}${time}`,
      width,
      INDENT,
    ),
    ...(seen.defects.length === 0
      ? []
      : [palette.doubt('the capture is damaged:'), ...told(few(seen.defects))]),
    ...(seen.unread.length === 0
      ? []
      : [palette.dim('not read:'), ...told(few(seen.unread)).map(palette.dim)]),
  ]
}

const SOURCES = { script: '', sosreport: 'a sosreport: ', files: 'loose files: ' } as const

function few(lines: readonly string[]): readonly string[] {
  return lines.length <= TOLD_MAX
    ? lines
    : [...lines.slice(0, TOLD_MAX), `and ${lines.length - TOLD_MAX} more`]
}

function quietLine(diagnosis: Diagnosis): string {
  const { seen, irqs } = diagnosis
  const [only] = onlyOne(diagnosis)
  if (only !== undefined) return `nothing is off with ${nameOf(only)}`
  const inUse = irqs.filter(({ action }) => action !== '').length
  return seen.defects.length === 0
    ? `nothing is off with the ${inUse} irqs in use`
    : `nothing is off with what could be read of ${inUse} irqs`
}

/** The findings of each kind under one head. */
function groups(findings: readonly Finding[], palette: Palette, view: DiagnosisView): readonly string[] {
  const kinds = [...new Set(findings.map(({ name }) => name))]
  return kinds.flatMap((name) => {
    const group = findings.filter((finding) => finding.name === name)
    const told = view.all ? group : group.slice(0, TOLD_MAX)
    const rest = group.slice(told.length)
    const irqs = rest.map(({ irq }) => irq).filter((irq) => irq !== undefined)
    return [
      `${sign(name, palette)} ${palette.bold(name)}${group.length === 1 ? '' : palette.dim(` ${group.length} ${group[0]?.irq === undefined ? 'times' : 'irqs'}`)}`,
      ...told.flatMap((finding) => findingLines(finding, palette, view)),
      ...(rest.length === 0
        ? []
        : wrap(
            `${INDENT}and ${rest.length} more: ${irqs.length === 0 ? '' : `irqs ${shortList(irqs)}; `}--all tells them`,
            view.width,
            `${INDENT}  `,
          )),
    ]
  })
}

const LISTED_MAX = 12

function shortList(irqs: readonly number[]): string {
  return irqs.length <= LISTED_MAX ? irqs.join(', ') : `${irqs.slice(0, LISTED_MAX).join(', ')} ...`
}

function findingLines(
  { sentence, evidence, law }: Finding,
  palette: Palette,
  { width }: DiagnosisView,
): readonly string[] {
  const file = Math.max(0, ...evidence.map((one) => one.file.length))
  return [
    ...wrap(`${INDENT}${sentence}${law === undefined ? '' : ` (the law ${law})`}`, width, `${INDENT}  `),
    ...evidence.flatMap((one) => {
      const line = `${INDENT}  ${pad(one.file, Math.min(file, FILE_MAX))}  ${one.value}`
      // Breaking a line takes its columns apart, too.
      const lines = line.length <= (width ?? Infinity) ? [line] : wrap(line, width, `${INDENT}    `)
      return lines.map(palette.dim)
    }),
  ]
}

const FILE_MAX = 48

function sign(name: FindingName, palette: Palette): string {
  return { bug: palette.bad('✗'), off: palette.doubt('!'), note: palette.dim('-') }[FINDINGS[name]]
}
