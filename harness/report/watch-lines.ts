/** The live view of a machine's irqs: a row an irq, the CPUs as columns, what moves lights up. Pure. */
import type { Diagnosis } from '../diagnose/diagnose.ts'
import { isOff } from '../diagnose/diagnose.ts'
import { lastOf } from '../diagnose/evidence.ts'
import type { WatchedIrq } from '../diagnose/watched.ts'
import { eachCpu } from '../irq/interrupt-counts.ts'
import type { Palette } from './colour.ts'
import { rate } from './diagnosis-table.ts'
import type { PaintedLine, Piece } from './full-screen.ts'

/** What is drawn. */
export interface WatchView {
  readonly what: string
  readonly diagnosis: Diagnosis
  readonly irqs: readonly WatchedIrq[]
  /** The first row that is shown, as the person has scrolled. */
  readonly from: number
  readonly columns: number
  readonly rows: number
}

/** How long a move stays lit. */
const LIT_SECONDS = 10
const CELL = 6
const HEAD_ROWS = 4
const ACTION_MAX = 20
const MASK_MAX = 12

/** The lines of a frame. */
export function watchLines(view: WatchView, palette: Palette): readonly PaintedLine[] {
  const { diagnosis, columns, rows } = view
  const ordered = byInterest(view.irqs)
  const room = Math.max(1, rows - HEAD_ROWS - 1)
  const from = Math.min(view.from, Math.max(0, ordered.length - room))
  const shown = ordered.slice(from, from + room)
  const action = Math.min(ACTION_MAX, Math.max(6, ...shown.map(({ irq }) => irq.action.length)))
  const fixed = `${'irq'.padStart(5)}  ${'action'.padEnd(action)}  ${'asked for'.padEnd(MASK_MAX)} ${'is on'.padEnd(MASK_MAX)} ${'state'.padEnd(STATE)}`
  const cpus = cpusOf(shown)
  const fitting = cpus.slice(0, Math.max(0, Math.floor((columns - 1 - fixed.length) / CELL)))
  const heads = fitting.map((cpu) => `CPU${cpu}`.padStart(CELL)).join('')
  const hidden = cpus.length - fitting.length
  return [
    [{ text: view.what, paint: palette.bold }, { text: `: ${headWords(diagnosis)}` }],
    [offWords(diagnosis, palette)],
    [],
    [{ text: `${fixed}${heads}${hidden > 0 ? ` +${hidden}` : ''}`, paint: palette.dim }],
    ...shown.map((one) => row(one, action, fitting, diagnosis.seen.elapsedSeconds, palette)),
    [
      {
        text: `${from + 1}-${from + shown.length} of ${ordered.length} irqs in use; interrupts per second; arrows scroll, q leaves`,
        paint: palette.dim,
      },
    ],
  ]
}

const STATE = 18

function headWords({ seen, findings }: Diagnosis): string {
  const online = lastOf(seen.cpus.online)
  const remapping = findings.some(({ name }) => name === 'remapping-on')
    ? 'remapped: masks work at once'
    : findings.some(({ name }) => name === 'no-remapping')
      ? 'not remapped: masks wait for an interrupt'
      : 'remapping not known'
  return `Linux ${seen.releaseText ?? '?'}, CPUs ${online?.toList() ?? '?'}, ${remapping}`
}

function offWords({ findings }: Diagnosis, palette: Palette): Piece {
  const off = findings.filter(isOff)
  if (off.length === 0) return { text: 'nothing is off', paint: palette.good }
  const counts = new Map<string, number>()
  for (const { name } of off) counts.set(name, (counts.get(name) ?? 0) + 1)
  const words = [...counts].map(([name, count]) => (count === 1 ? name : `${name} (${count})`))
  return {
    text: words.join(', '),
    paint: off.some(({ law }) => law !== undefined) ? palette.bad : palette.doubt,
  }
}

/** Those that moved just now, then what is off, then the busiest; else by number, so that rows do not jump about. */
function byInterest(irqs: readonly WatchedIrq[]): readonly WatchedIrq[] {
  const weight = ({ finding, moved }: WatchedIrq) =>
    isLit(moved) ? 0 : finding === 'bug' ? 1 : finding === 'off' ? 2 : 3
  return irqs.toSorted((a, b) => weight(a) - weight(b) || a.irq.number - b.irq.number)
}

function isLit(moved: WatchedIrq['moved']): boolean {
  return moved !== undefined && moved.secondsAgo < LIT_SECONDS
}

/** The CPUs that these irqs are on, were on, or were counted on. */
function cpusOf(irqs: readonly WatchedIrq[]): readonly number[] {
  const cpus = new Set<number>()
  for (const { irq, moved } of irqs) {
    for (const cpu of lastOf(irq.effective)?.cpus.slice(0, 1) ?? []) cpus.add(cpu)
    if (isLit(moved)) for (const cpu of moved?.from.cpus.slice(0, 1) ?? []) cpus.add(cpu)
    if (irq.fired !== undefined) for (const [cpu] of eachCpu(irq.fired)) cpus.add(cpu)
  }
  return [...cpus].toSorted((a, b) => a - b)
}

function row(
  { irq, moved, waits, finding }: WatchedIrq,
  action: number,
  cpus: readonly number[],
  seconds: number | undefined,
  palette: Palette,
): PaintedLine {
  const effective = lastOf(irq.effective)
  const fired = new Map(irq.fired === undefined ? [] : eachCpu(irq.fired))
  const lit = isLit(moved)
  const state = lit
    ? `moved from ${moved?.from.toList() ?? '?'}`
    : waits === undefined
      ? BEHAVIOUR[irq.behaviour.kind]
      : `waits ${waits.isLonger ? 'over ' : ''}${waits.seconds} s`
  const paint = lit
    ? palette.good
    : finding === 'bug'
      ? palette.bad
      : finding === 'off'
        ? palette.doubt
        : undefined
  const head = `${String(irq.number).padStart(5)}  ${cut(irq.action, action)}  ${cut(lastOf(irq.requested)?.toList() ?? '?', MASK_MAX)} ${cut(effective?.toList() ?? '?', MASK_MAX)} ${cut(state, STATE)}`
  return [
    paint === undefined ? { text: head } : { text: head, paint },
    ...cpus.map((cpu): Piece => {
      const count = fired.get(cpu) ?? 0
      const isHere = effective?.has(cpu) === true
      const words = count === 0 ? (isHere ? '-' : '') : rate(count, seconds)
      const text = (isHere ? `[${words}]` : words).padStart(CELL)
      return isHere ? { text, paint: lit ? palette.good : palette.bold } : { text }
    }),
  ]
}

const BEHAVIOUR = {
  deferred: '',
  immediate: '',
  managed: 'managed',
  fixed: 'cannot be moved',
  'no handler': 'no handler',
  unknown: 'unknown chip',
} as const

function cut(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 2)}..`
}
