/** Which irqs are shown, and in which order: what is off first, then what fires. */
import type { IrqData } from '../irq-data.ts'
import { element } from './build.ts'
import { isPending } from './irq-lane.ts'

/** What a reader may look for. */
const KINDS: Readonly<Record<string, { readonly words: string; readonly has: (irq: IrqData) => boolean }>> = {
  used: { words: 'all in use', has: ({ action, findings }) => action !== '' || findings !== undefined },
  off: { words: 'what is off', has: (irq) => weightOf(irq) > 1 },
  pending: { words: 'requests that wait', has: isPending },
  fired: { words: 'what fired', has: ({ fired }) => (fired?.total ?? 0) > 0 },
  refused: { words: 'managed and fixed', has: ({ kind }) => kind === 'managed' || kind === 'fixed' },
  all: { words: 'all, without a driver too', has: () => true },
}

const ORDERS: Readonly<
  Record<string, { readonly words: string; readonly by: (a: IrqData, b: IrqData) => number }>
> = {
  importance: {
    words: 'what is off first',
    by: (a, b) => weightOf(b) - weightOf(a) || firedOf(b) - firedOf(a),
  },
  rate: { words: 'the busiest first', by: (a, b) => firedOf(b) - firedOf(a) },
  number: { words: 'by number', by: () => 0 },
}

const WEIGHTS = { bug: 3, off: 2, note: 1 } as const

/** How bad it is: 3 for a bug, 2 for what is off, 1 for a note. */
function weightOf({ findings = [] }: IrqData): number {
  return Math.max(0, ...findings.map(({ weight }) => WEIGHTS[weight]))
}

function firedOf({ fired }: IrqData): number {
  return fired?.total ?? -1
}

/** Builds the form; `show` hears which irqs are wanted, in which order, now and with every change. */
export function startIrqFilter(
  form: HTMLElement,
  irqs: readonly IrqData[],
  show: (irqs: readonly IrqData[]) => void,
): void {
  const words = element('input', {
    type: 'search',
    id: 'words',
    placeholder: 'irq, action, device, finding …',
  })
  const which = choiceOf(Object.entries(KINDS), 'which')
  const order = choiceOf(Object.entries(ORDERS), 'order')
  // In small letters, as the words that are looked for.
  const texts = new Map(
    irqs.map((irq) => [
      irq,
      [irq.irq, irq.action, irq.chip, irq.device, irq.kind, ...(irq.findings ?? []).map(({ name }) => name)]
        .join(' ')
        .toLowerCase(),
    ]),
  )
  const apply = (): void => {
    const wanted = words.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const found = irqs.filter(
      (irq) =>
        KINDS[which.value]?.has(irq) === true &&
        wanted.every((word) =>
          // A number is that irq, and not every name with such a digit.
          /^\d+$/.test(word) ? String(irq.irq) === word : texts.get(irq)?.includes(word) === true,
        ),
    )
    show(found.toSorted((a, b) => ORDERS[order.value]?.by(a, b) ?? 0))
  }
  form.append(
    element('label', { class: 'words' }, element('span', {}, 'Find'), words),
    element('label', {}, element('span', {}, 'Show'), which),
    element('label', {}, element('span', {}, 'Order'), order),
  )
  form.addEventListener('input', apply)
  form.addEventListener('submit', (event) => event.preventDefault())
  form.hidden = false
  apply()
}

function choiceOf(
  entries: readonly (readonly [string, { readonly words: string }])[],
  id: string,
): HTMLSelectElement {
  return element('select', { id }, ...entries.map(([value, one]) => element('option', { value }, one.words)))
}
