/** Which rows of the table are shown, and in which order: by words, outcome, kernel and machine; by a click on a head. */
import { button, element } from './build.ts'

/** Makes the filter and the heads of the table work. */
export function startFilter(): void {
  const form = document.getElementById('filter')
  const table = document.getElementById('runs')
  const status = document.getElementById('shown')
  if (form === null || table === null || status === null) return
  const rows = [...table.querySelectorAll<HTMLTableRowElement>('tbody tr')].map((row) => ({
    row,
    outcome: row.dataset['outcome'] ?? '',
    kernel: textIn(row, '.kernel'),
    machine: textIn(row, '.machine'),
    // In small letters, as the words that are looked for.
    text: (row.textContent ?? '').toLowerCase(),
  }))
  const words = element('input', { type: 'search', id: 'words', placeholder: 'scenario, law, message …' })
  const outcomes = [...new Set(rows.map(({ outcome }) => outcome))].map((outcome) =>
    element('input', { type: 'checkbox', value: outcome, checked: true }),
  )
  const kernels = choice('All kernels', distinct(rows.map(({ kernel }) => kernel)))
  const machines = choice('All machines', distinct(rows.map(({ machine }) => machine)))
  const apply = (): void => {
    const wanted = words.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const shown = new Set(outcomes.filter(({ checked }) => checked).map(({ value }) => value))
    let count = 0
    for (const { row, outcome, kernel, machine, text } of rows) {
      const fits =
        shown.has(outcome) &&
        (kernels.value === '' || kernels.value === kernel) &&
        (machines.value === '' || machines.value === machine) &&
        wanted.every((word) => text.includes(word))
      row.hidden = !fits
      if (fits) count++
    }
    status.textContent = count === rows.length ? '' : `${count} of ${rows.length} runs shown`
  }
  form.append(
    element('label', { class: 'words' }, element('span', {}, 'Find'), words),
    element(
      'fieldset',
      {},
      element('legend', {}, 'Outcome'),
      ...outcomes.map((box) =>
        element('label', { class: `tick badge ${box.value.replace(' ', '-')}` }, box, ` ${box.value}`),
      ),
    ),
    ...(kernels.length > 2 ? [element('label', {}, element('span', {}, 'Kernel'), kernels)] : []),
    ...(machines.length > 2 ? [element('label', {}, element('span', {}, 'Machine'), machines)] : []),
  )
  form.addEventListener('input', apply)
  form.addEventListener('submit', (event) => event.preventDefault())
  form.hidden = false
  startSorting(table)
}

function startSorting(table: HTMLElement): void {
  const body = table.querySelector('tbody')
  if (body === null) return
  const heads = [...table.querySelectorAll('thead th')]
  for (const [column, head] of heads.entries()) {
    const name = head.textContent ?? ''
    const sort = (): void => {
      const down = head.getAttribute('aria-sort') === 'ascending'
      for (const other of heads) other.removeAttribute('aria-sort')
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending')
      const rows = [...body.rows].toSorted((a, b) => compared(a, b, name, column) * (down ? -1 : 1))
      body.append(...rows)
    }
    head.replaceChildren(button(name, { class: 'sort' }, sort))
  }
}

function compared(a: HTMLTableRowElement, b: HTMLTableRowElement, name: string, column: number): number {
  // The rows came in the order of their outcomes, the worst first.
  if (name === 'Outcome') return Number(a.dataset['at']) - Number(b.dataset['at'])
  if (name === 'Took') return Number(a.dataset['took']) - Number(b.dataset['took'])
  const text = (row: HTMLTableRowElement) => row.cells[column]?.textContent ?? ''
  return text(a).localeCompare(text(b), 'en', { numeric: true })
}

function choice(all: string, values: readonly string[]): HTMLSelectElement {
  return element(
    'select',
    {},
    element('option', { value: '' }, all),
    ...values.map((value) => element('option', { value }, value)),
  )
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

function textIn(row: HTMLElement, selector: string): string {
  return row.querySelector(selector)?.textContent ?? ''
}
