/** One event in full: what it says, its line of the trace, and the kernel's stack. */
import type { MoveData } from '../report-data.ts'
import { element } from './build.ts'
import { timeText } from './words.ts'

/** Its words, times and line of the trace; its stack, or that of the move where it has none. */
export function toldOf(
  move: MoveData,
  at: number,
  { zero, zeroUs }: { zero: string; zeroUs: number },
): readonly HTMLElement[] {
  const event = move.events[at]
  if (event === undefined) return []
  const stack = event.stack === undefined ? undefined : move.stacks[event.stack]
  return [
    element('h4', {}, `${at + 1}. ${event.words}`),
    element(
      'p',
      { class: 'soft small' },
      `${zeroUs === 0 ? '' : `${timeText(event.atUs - zeroUs)} after ${zero}, `}${timeText(event.atUs)} after the write, on CPU ${event.cpu}`,
    ),
    element('pre', { class: 'wraps raw', tabindex: 0 }, event.raw),
    ...(stack === undefined
      ? stackOf(
          move,
          move.first,
          `The trace keeps no stack of it. That of the move, event ${move.first + 1}, innermost first:`,
        )
      : stackOf(move, at, 'The kernel’s stack, innermost first:')),
  ]
}

function stackOf({ events, stacks }: MoveData, at: number, lead: string): readonly HTMLElement[] {
  const place = events[at]?.stack
  const stack = place === undefined ? undefined : stacks[place]
  if (stack === undefined) return [element('p', { class: 'soft small' }, 'The trace keeps no stack of it.')]
  return [
    element('p', { class: 'soft small' }, lead),
    element(
      'ol',
      { class: 'stack mono' },
      ...stack.map((name) => element('li', { class: TELLING.has(name) ? 'telling' : undefined }, name)),
    ),
  ]
}

/** Functions that tell by which way a move is made. */
const TELLING = new Set([
  'irq_move_masked_irq',
  '__irq_move_irq',
  'apic_update_irq_cfg',
  'irq_set_affinity_locked',
  'irq_do_set_affinity',
  'write_irq_affinity',
  'irq_migrate_all_off_this_cpu',
])
