/** What the colours and shapes of the pictures mean. */
import { element } from './build.ts'

const ENTRIES = [
  ['swatch effective', 'effective: where effective_affinity points'],
  ['swatch pending', 'pending: asked for, not yet applied'],
  ['swatch hold', 'hold: nothing may change'],
  ['swatch vector', 'a vector that the irq has on this CPU'],
  ['dot interrupt', 'an interrupt, where it was counted'],
  ['dot write', 'the write, and the irq core under it'],
  ['dot try', 'the kernel tries the move'],
  ['dot set', 'the hardware is set'],
  ['dot plain', 'handler, vectors, messages'],
] as const

/** The list of them, folded away where there is little room. */
export function legend(): HTMLElement {
  return element(
    'details',
    { class: 'legend', open: matchMedia('(min-width: 600px)').matches },
    element('summary', {}, 'What the colours mean'),
    element(
      'ul',
      {},
      ...ENTRIES.map(([look, words]) =>
        element('li', {}, element('span', { class: look, 'aria-hidden': 'true' }), words),
      ),
      element(
        'li',
        {},
        element('span', { class: 'badge pass', 'aria-hidden': 'true' }, '✓'),
        'a law, below the moment that decided it',
      ),
    ),
  )
}
