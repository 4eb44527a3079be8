/** The irqs of a machine as a table: what was asked for, what is, where they were counted, what a new mask would do. */
import type { CpuMask } from '../irq/cpu-mask.ts'
import type { DiagnosedIrq, Diagnosis } from '../diagnose/diagnose.ts'
import { lastOf } from '../diagnose/evidence.ts'
import { eachCpu } from '../irq/interrupt-counts.ts'
import { pad, type Palette } from './colour.ts'

/** More rows than this fill the screens of a person who did not ask for all. */
const ROWS_MAX = 60
const ACTION_MAX = 26
const CPUS_MAX = 4

/** The table's lines, head first; what is not shown is told in the last one. Without `all`: irqs that a driver has asked for. */
export function diagnosisTable(
  { irqs, findings, seen }: Diagnosis,
  palette: Palette,
  { all, width }: { readonly all: boolean; readonly width: number | undefined },
): readonly string[] {
  const found = new Map<number, 'bug' | 'off'>()
  for (const { irq, law, name } of findings)
    if (irq !== undefined && !NOTES.has(name) && found.get(irq) !== 'bug')
      found.set(irq, law === undefined ? 'off' : 'bug')
  const inUse = irqs.filter(({ action, number }) => action !== '' || found.has(number))
  const telling = inUse.filter(({ number, fired }) => found.has(number) || (fired?.total ?? 0) > 0)
  const shown = all
    ? irqs
    : inUse.length <= ROWS_MAX
      ? inUse
      : telling
          .toSorted((a, b) => Number(found.has(b.number)) - Number(found.has(a.number)))
          .slice(0, ROWS_MAX)
  const cells = shown.map((irq) => row(irq, seen.elapsedSeconds))
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => (line[column] ?? '').length)),
  )
  const line = (words: readonly string[]) =>
    words
      .map((word, column) =>
        RIGHT.has(column) ? word.padStart(widths[column] ?? 0) : pad(word, widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
      // A line that breaks makes a table of none.
      .slice(0, width)
  const left = irqs.length - shown.length
  const hasPast = cells.some((words) => words.at(-1)?.startsWith('('))
  return [
    palette.dim(line(HEAD)),
    ...cells.map((words, at) => {
      const state = found.get(shown[at]?.number ?? -1)
      return state === undefined ? line(words) : (state === 'bug' ? palette.bad : palette.doubt)(line(words))
    }),
    ...(hasPast ? [palette.dim('CPUs in brackets: counted since boot, and not between the samples')] : []),
    ...(left === 0
      ? []
      : [
          palette.dim(
            `${left} more irqs, ${all || inUse.length <= ROWS_MAX ? 'which no driver has asked for' : 'quiet or without a driver'}: --all shows them`,
          ),
        ]),
  ]
}

const NOTES: ReadonlySet<string> = new Set(['isolated-cpu-aimed-at', 'managed-on-isolated-cpu'])
const HEAD = [
  'irq',
  'action',
  'chip',
  'requested',
  'effective',
  'a new mask',
  'counted',
  'per second',
  'on CPU',
]
const RIGHT: ReadonlySet<number> = new Set([0, 6, 7])

/** The address of its device, which a chip bears since 6.2: no matter of the chip; --json has it. */
export const OF_DEVICE = /-[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/

function row(irq: DiagnosedIrq, seconds: number | undefined): readonly string[] {
  const mask = (value: CpuMask | undefined) =>
    value === undefined ? '?' : value.isEmpty ? '-' : shortened(value.toList(), 14)
  return [
    String(irq.number),
    shortened(irq.action === '' ? '-' : irq.action, ACTION_MAX),
    irq.chip === '' ? '-' : irq.chip.replace(OF_DEVICE, ''),
    mask(lastOf(irq.requested)),
    mask(lastOf(irq.effective)),
    BEHAVIOUR_WORDS[irq.behaviour.kind],
    irq.counts === undefined ? '?' : String(irq.counts.total),
    rate(irq.fired?.total, seconds),
    countedOn(irq),
  ]
}

const BEHAVIOUR_WORDS = {
  deferred: 'waits',
  immediate: 'at once',
  managed: 'managed',
  fixed: 'refused',
  'no handler': 'stored',
  unknown: '?',
} as const

/** Interrupts per second as a person reads them; `?` where they are not known. */
export function rate(fired: number | undefined, seconds: number | undefined): string {
  if (fired === undefined || seconds === undefined || seconds === 0) return '?'
  if (fired === 0) return '0'
  const perSecond = fired / seconds
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond))
}

/** The CPUs that counted it between the samples, the busiest first; else, in brackets, those that ever did. */
function countedOn({ fired, counts }: DiagnosedIrq): string {
  const isRecent = (fired?.total ?? 0) > 0
  const source = isRecent ? fired : counts
  const on = (source === undefined ? [] : [...eachCpu(source)])
    .map(([cpu, count]) => ({ cpu, count }))
    .toSorted((a, b) => b.count - a.count)
  if (on.length === 0) return ''
  const more = on.length > CPUS_MAX ? ` and ${on.length - CPUS_MAX} more` : ''
  const words =
    on
      .slice(0, CPUS_MAX)
      .map(({ cpu, count }) => `${cpu}:${count}`)
      .join(' ') + more
  return isRecent ? words : `(${words})`
}

function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 3)}...`
}
