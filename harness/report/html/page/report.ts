/** The page of a campaign: the overview, and a run when the address names one: `#run-3`, `#run-3-write-2`. */
import { element } from './build.ts'
import { startFilter } from './filter.ts'
import { runPanel } from './run-panel.ts'
import { startScheme } from './scheme.ts'
import { unpackRun } from './unpack.ts'

const overview = document.getElementById('overview')
const place = document.getElementById('run')
const titleOfAll = document.title
/** Where the overview stood when a run was opened. */
let overviewTop = 0
let opened: number | undefined

async function follow(): Promise<void> {
  const match = /^#run-(\d+)(?:-write-(\d+))?$/.exec(location.hash)
  if (overview === null || place === null || (match === null && location.hash.length > 1)) return
  if (match === null) {
    opened = undefined
    place.hidden = true
    place.replaceChildren()
    overview.hidden = false
    document.title = titleOfAll
    scrollTo({ top: overviewTop, behavior: 'instant' })
    return
  }
  const at = Number(match[1])
  const write = match[2] === undefined ? undefined : Number(match[2])
  if (opened === at) return
  if (!overview.hidden) overviewTop = scrollY
  opened = at
  const panel = await panelOf(at, write)
  if (opened !== at) return
  overview.hidden = true
  place.replaceChildren(panel)
  place.hidden = false
  scrollTo({ top: 0, behavior: 'instant' })
  const head = panel.querySelector('h2')
  document.title = `${head?.textContent ?? 'run'} – ${titleOfAll}`
  head?.focus({ preventScroll: true })
}

async function panelOf(at: number, write: number | undefined): Promise<HTMLElement> {
  const row = document.querySelector<HTMLTableRowElement>(`#runs tr[data-at="${at}"]`)
  const name = row?.querySelector('th a')?.textContent ?? `run ${at}`
  try {
    const data = await unpackRun(at)
    return runPanel({ at, name, where: [kernelOf(row), machineOf(row)].join(' · '), data, write })
  } catch (error) {
    return element(
      'div',
      {},
      element('p', {}, element('a', { href: '#' }, '← All runs')),
      element('h2', { tabindex: -1 }, name),
      element('p', {}, `This run cannot be shown: ${String(error)}`),
    )
  }
}

function kernelOf(row: HTMLElement | null): string {
  return `kernel ${row?.querySelector('.kernel')?.firstChild?.textContent ?? '?'}`
}

function machineOf(row: HTMLElement | null): string {
  return `machine ${row?.querySelector('.machine')?.textContent ?? '?'}`
}

startScheme()
startFilter()
addEventListener('hashchange', () => void follow())
void follow()
