/** The page of a diagnosis comes to life: its irqs as lanes, the filter, and the way from a finding to its irq. */
import type { DiagnosisData, IrqData } from '../irq-data.ts'
import { button, element } from './build.ts'
import { leftOf, rangesOf, stripes } from './cpu-ranges.ts'
import { startIrqFilter } from './irq-filter.ts'
import { irqRow } from './irq-row.ts'
import { startScheme } from './scheme.ts'

/** Rows that are drawn at once; more on demand. */
const ROWS = 100
const LABELS_MAX = 16

function startLanes(): void {
  const [form, lanes, status, legend] = ['filter', 'lanes', 'shown', 'legend'].map((id) =>
    document.getElementById(id),
  )
  const text = document.getElementById('diagnosis')?.textContent
  if (!form || !lanes || !status || !legend || !text) return
  const data = JSON.parse(text) as DiagnosisData
  // The same ground in every lane: CPUs set apart, and those that are offline.
  const ground = [
    stripes(rangesOf(data.offline), data.columns, 'var(--ground-offline)'),
    stripes(rangesOf(data.isolated), data.columns, 'var(--ground-isolated)'),
  ]
  lanes.style.setProperty('--ground', ground.join(', '))
  lanes.style.setProperty('--columns', String(data.columns))
  lanes.classList.add(data.columns <= LABELS_MAX ? 'few' : 'many')
  legend.append(laneLegend())
  let wanted: readonly IrqData[] = []
  let drawn = 0
  const more = button('', { class: 'more' }, () => drawMore())
  const rows = element('div', { class: 'rows' })
  lanes.append(axisOf(data), rows, more)
  const drawMore = (): void => {
    rows.append(...wanted.slice(drawn, drawn + ROWS).map((irq) => irqRow(irq, data)))
    drawn = Math.min(wanted.length, drawn + ROWS)
    more.hidden = drawn === wanted.length
    more.textContent = `Show ${Math.min(ROWS, wanted.length - drawn)} more`
    status.textContent =
      wanted.length === 0
        ? 'No irq fits this filter.'
        : `${drawn} ${drawn === 1 ? 'irq' : 'irqs'} shown${drawn === wanted.length ? '' : ` of the ${wanted.length} that fit`}; this machine has ${data.irqs.length}.`
  }
  startIrqFilter(form, data.irqs, (irqs) => {
    wanted = irqs
    drawn = 0
    rows.replaceChildren()
    drawMore()
  })
  const follow = (): void => {
    const number = /^#irq-(\d+)$/.exec(location.hash)?.[1]
    if (number === undefined) return
    let row = document.getElementById(`irq-${number}`)
    if (row === null) {
      // Beyond what is drawn, or filtered away: found by its number.
      const [words, which] = ['words', 'which'].map((id) => document.getElementById(id))
      if (!(words instanceof HTMLInputElement) || !(which instanceof HTMLSelectElement)) return
      words.value = number
      which.value = 'all'
      form.dispatchEvent(new Event('input'))
      row = document.getElementById(`irq-${number}`)
    }
    if (!(row instanceof HTMLDetailsElement)) return
    row.open = true
    row.scrollIntoView({ block: 'center' })
    row.querySelector('summary')?.focus({ preventScroll: true })
  }
  addEventListener('hashchange', follow)
  follow()
}

/** The CPUs above the lanes: each one, or as many as there is room for. */
function axisOf({ columns }: DiagnosisData): HTMLElement {
  const scale = element('span', { class: 'scale' })
  const step = columns <= LABELS_MAX ? 1 : 2 ** Math.ceil(Math.log2(columns / 8))
  for (let cpu = 0; cpu < columns; cpu += step) {
    const label = element('span', {}, String(cpu))
    label.style.left = `${leftOf(cpu, columns)}%`
    label.style.width = `${leftOf(Math.min(step, columns - cpu), columns)}%`
    scale.append(label)
  }
  return element(
    'div',
    { class: 'axis-row', 'aria-hidden': 'true' },
    element('span', { class: 'who' }, 'irq'),
    scale,
    element('span', { class: 'rate' }, 'rate'),
  )
}

const LEGEND = [
  ['band', 'requested: the mask in smp_affinity'],
  ['band pending', 'requested, and waits for an interrupt'],
  ['effective', 'effective: where the irq is'],
  ['fired', 'interrupts between the samples'],
  ['fired elsewhere', 'counted where the irq is not'],
  ['isolated', 'a CPU that is set apart'],
  ['offline', 'a CPU that is offline'],
] as const

function laneLegend(): HTMLElement {
  return element(
    'ul',
    { class: 'lane-legend' },
    ...LEGEND.map(([look, words]) =>
      element('li', {}, element('span', { class: `swatch ${look}`, 'aria-hidden': 'true' }), words),
    ),
  )
}

startScheme()
startLanes()
