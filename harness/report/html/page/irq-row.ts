/** A row of the irqs: who it is, its lane, its rate; opened, everything that is known of it. */
import type { CountData, DiagnosisData, IrqData, MaskData } from '../irq-data.ts'
import { element } from './build.ts'
import { cpuWords } from './cpu-ranges.ts'
import { irqLane, short } from './irq-lane.ts'

const KIND_BADGES: Readonly<Partial<Record<IrqData['kind'], string>>> = {
  managed: 'managed',
  fixed: 'fixed',
  'no handler': 'no handler',
  unknown: 'unknown irqchip',
}

/** What becomes of a new mask, in words. */
const KIND_WORDS: Readonly<Record<IrqData['kind'], string>> = {
  deferred: 'waits for the next interrupt',
  immediate: 'takes effect with the write',
  managed: 'is refused: the kernel manages this irq',
  fixed: 'is refused',
  'no handler': 'is only stored',
  unknown: 'does what nobody knows',
}

/** The row, folded; what is in it is made when it is opened. */
export function irqRow(irq: IrqData, data: DiagnosisData): HTMLDetailsElement {
  const badges = [
    ...(irq.findings ?? []).map(({ name, weight }) => element('span', { class: `badge ${weight}` }, name)),
    ...[KIND_BADGES[irq.kind]].map((words) =>
      words === undefined ? undefined : element('span', { class: 'badge plain' }, words),
    ),
  ]
  const row = element(
    'details',
    { class: 'irq', id: `irq-${irq.irq}` },
    element(
      'summary',
      {},
      element(
        'span',
        { class: 'who' },
        element('span', { class: 'number' }, String(irq.irq)),
        element('span', { class: 'name' }, irq.action === '' ? 'no driver' : irq.action),
        ...badges,
      ),
      irqLane(irq, data),
      element('span', { class: 'rate', title: 'interrupts between the samples' }, rateWords(irq, data)),
    ),
  )
  row.addEventListener('toggle', () => {
    if (row.open && row.children.length === 1) row.append(irqPanel(irq, data))
  })
  return row
}

function rateWords({ fired }: IrqData, { seconds }: DiagnosisData): string {
  if (fired === undefined || seconds === null || seconds === 0) return '?'
  if (fired.total === 0) return 'quiet'
  const rate = fired.total / seconds
  return `${rate < 10 ? rate.toFixed(1) : short(Math.round(rate))}/s`
}

function irqPanel(irq: IrqData, data: DiagnosisData): HTMLElement {
  return element(
    'div',
    { class: 'irq-panel' },
    ...(irq.findings ?? []).flatMap(({ name, weight, sentence, evidence }) => [
      element(
        'p',
        { class: `finding ${weight}` },
        element('a', { href: `#finding-${name}` }, name),
        sentence === undefined ? '' : `: ${sentence}`,
      ),
      ...(evidence === undefined ? [] : [irqPairs(evidence.map(([file, value]) => [code(file), value]))]),
    ]),
    irqPairs([
      ['a new mask', `${KIND_WORDS[irq.kind]} (${data.whys[irq.why] ?? ''})`],
      ['irqchip', irq.chip === '' ? 'none' : irq.chip],
      ...(irq.device === undefined ? [] : ([['device', irq.device]] as const)),
      ['requested', maskWords(irq.requested)],
      ['effective', maskWords(irq.effective)],
      ['hint of the driver', irq.hint === undefined ? 'none' : cpuWords(irq.hint)],
      ['between the samples', countWords(irq.fired)],
      ['since boot', countWords(irq.counted)],
    ]),
  )
}

function irqPairs(pairs: readonly (readonly [string | Node, string])[]): HTMLElement {
  return element(
    'dl',
    { class: 'pairs' },
    ...pairs.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  )
}

function code(text: string): HTMLElement {
  return element('code', {}, text)
}

function maskWords(mask: MaskData | undefined): string {
  if (mask === undefined) return 'not read'
  return mask.before === undefined
    ? cpuWords(mask.now)
    : `${cpuWords(mask.before)}, then ${cpuWords(mask.now)}`
}

function countWords(counts: CountData | undefined): string {
  if (counts === undefined) return 'not known'
  if (counts.total === 0) return 'none'
  const more = counts.others === undefined ? '' : ` and on ${counts.others} more CPUs`
  return `${counts.total}: ${counts.on.map(([cpu, count]) => `${count} on CPU ${cpu}`).join(', ')}${more}`
}
