/** Signs, colours' names and times, as the page says them. */
import type { OutcomeWord, VerdictData } from '../report-data.ts'
import { element } from './build.ts'

type State = VerdictData['state']

const OUTCOME_SIGN: Readonly<Record<OutcomeWord, string>> = {
  fail: '✗',
  fixed: '!',
  broken: '?',
  'not run': '…',
  known: '~',
  skip: '–',
  pass: '✓',
}
/** Of a verdict. */
export const STATE_SIGN: Readonly<Record<State, string>> = { held: '✓', violated: '✗', unproven: '?' }
/** The name of its colour. */
export const STATE_CLASS: Readonly<Record<State, string>> = {
  held: 'pass',
  violated: 'fail',
  unproven: 'broken',
}

/** `✗ fail`, in its colour. */
export function outcomeBadge(outcome: OutcomeWord): HTMLElement {
  return signed(outcome.replace(' ', '-'), OUTCOME_SIGN[outcome], outcome)
}

/** `✓ held`, in its colour. */
export function stateBadge(state: State): HTMLElement {
  return signed(STATE_CLASS[state], STATE_SIGN[state], state)
}

function signed(kind: string, sign: string, word: string): HTMLElement {
  return element(
    'span',
    { class: `badge ${kind}` },
    element('span', { 'aria-hidden': 'true' }, sign),
    ` ${word}`,
  )
}

/** The unit in which a stretch of so many microseconds is told, and how many microseconds it has. */
export function unitFor(us: number): { readonly name: string; readonly us: number } {
  if (us >= 2e6) return { name: 's', us: 1e6 }
  return us >= 2000 ? { name: 'ms', us: 1000 } : { name: 'µs', us: 1 }
}

/** `1.372 s`, `24.9 ms`, `17 µs`; with its sign where it is before zero. */
export function timeText(us: number): string {
  const size = Math.abs(us)
  if (size >= 1e6) return `${(us / 1e6).toFixed(3)} s`
  return size >= 1000 ? `${(us / 1000).toFixed(1)} ms` : `${Math.round(us)} µs`
}
