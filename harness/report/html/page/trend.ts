/** The page of trends comes to life: the filter, the grid by keyboard, and what a cell says in words. */
import { startScheme } from './scheme.ts'

interface NamedCampaign {
  readonly name: string
  readonly at: string
}

function namedCampaigns(): readonly NamedCampaign[] {
  return JSON.parse(document.getElementById('campaigns')?.textContent ?? '[]') as NamedCampaign[]
}

/** Columns before that of the oldest campaign: the line, how much of it passed, what it took. */
const COLUMNS_BEFORE = 3

/** What a cell says: which line, which campaign, what it came to. */
function cellWords(cell: HTMLTableCellElement, campaigns: readonly NamedCampaign[]): string {
  const campaign = campaigns[cell.cellIndex - COLUMNS_BEFORE]
  const row = cell.closest('tr')?.querySelector('th')
  if (campaign === undefined || row === null || row === undefined) return ''
  const name = row.querySelector('.name')?.textContent ?? ''
  const where = row.querySelector('.where')?.textContent ?? ''
  const outcome = cell.className.replace('cell', '').trim() || 'not asked'
  const runs = cell.dataset['runs']
  const count = runs === undefined ? '' : `, the worst of ${runs} runs`
  return `${name} on ${where}: ${outcome}${count}, in ${campaign.name} of ${campaign.at.slice(0, 16).replace('T', ' ')} UTC`
}

function startGrid(): void {
  const grid = document.getElementById('grid')
  const told = document.getElementById('told')
  const box = document.getElementById('grid-box')
  if (grid === null || told === null || box === null) return
  const campaigns = namedCampaigns()
  const isCell = (target: EventTarget | null): target is HTMLTableCellElement =>
    target instanceof HTMLTableCellElement && target.classList.contains('cell')
  const tell = (target: EventTarget | null): void => {
    if (isCell(target)) told.textContent = cellWords(target, campaigns)
  }
  let current: HTMLTableCellElement | undefined
  const enter = (cell: HTMLTableCellElement): void => {
    if (current !== undefined) current.tabIndex = -1
    current = cell
    cell.tabIndex = 0
  }
  grid.addEventListener('pointerover', ({ target }) => tell(target))
  grid.addEventListener('focusin', ({ target }) => tell(target))
  grid.addEventListener('click', ({ target }) => {
    if (!isCell(target)) return
    enter(target)
    target.focus()
  })
  grid.addEventListener('keydown', (event) => {
    if (!isCell(event.target)) return
    const next = nextCell(event.target, event.key, campaigns.length)
    if (next === undefined) return
    event.preventDefault()
    enter(next)
    next.focus()
  })
  const first = grid.querySelector('tbody tr')?.querySelectorAll<HTMLTableCellElement>('td.cell')
  const newest = first?.[first.length - 1]
  if (newest !== undefined) enter(newest)
  // The newest campaigns are what a reader comes for.
  box.scrollLeft = box.scrollWidth
}

/** Where an arrow key leads; rows that the filter hides are stepped over. */
function nextCell(
  cell: HTMLTableCellElement,
  key: string,
  campaigns: number,
): HTMLTableCellElement | undefined {
  const row = cell.closest('tr')
  if (row === null) return undefined
  const at = cell.cellIndex
  const [first, last] = [COLUMNS_BEFORE, COLUMNS_BEFORE + campaigns - 1]
  const column = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: first, End: last }[key]
  if (column !== undefined) return column < first || column > last ? undefined : row.cells[column]
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return undefined
  const step = (from: Element): Element | null =>
    key === 'ArrowUp' ? from.previousElementSibling : from.nextElementSibling
  let other = step(row)
  while (other instanceof HTMLElement && other.hidden) other = step(other)
  return other instanceof HTMLTableRowElement ? other.cells[at] : undefined
}

function startFilter(): void {
  const form = document.querySelector<HTMLFormElement>('form.filter')
  const input = document.querySelector<HTMLInputElement>('#filter')
  const which = document.querySelector<HTMLSelectElement>('#which')
  const shown = document.getElementById('shown')
  const nothing = document.getElementById('nothing')
  if (form === null || input === null || which === null || shown === null || nothing === null) return
  const items = [...document.querySelectorAll<HTMLElement>('[data-words]')]
  const rows = items.filter((item) => item instanceof HTMLTableRowElement)
  const apply = (): void => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
    for (const item of items) {
      const has = item.dataset['words'] ?? ''
      const looks = (item.dataset['look'] ?? '').split(' ')
      item.hidden =
        !words.every((word) => has.includes(word)) || (which.value !== '' && !looks.includes(which.value))
    }
    const left = rows.filter(({ hidden }) => !hidden).length
    shown.textContent = left === rows.length ? '' : `${left} of ${rows.length} lines`
    nothing.hidden = left > 0
  }
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', apply)
  form.hidden = false
  apply()
}

startScheme()
startGrid()
startFilter()
