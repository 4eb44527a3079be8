/** Which law was asked of which write, and what it said: one sign a cell; the sentences are with the writes. */
import type { AttemptData, VerdictData } from '../report-data.ts'
import { element, wideTable } from './build.ts'
import { STATE_CLASS, STATE_SIGN } from './words.ts'

/** Two tables: of the writes, and of what always holds. None where nothing was asked. */
export function lawTable({ verdicts, laws }: AttemptData): readonly HTMLElement[] {
  const ofWrites = verdicts.filter(({ move }) => move !== 0)
  const always = verdicts.filter(({ move }) => move === 0)
  return [
    ...table(
      'Laws asked of each write',
      'A row for each law, a column for each write.',
      ofWrites,
      ({ move, queue }) => `${move} ${queue}`,
      laws,
    ),
    ...table(
      'Laws that always hold',
      'Asked of every irq over the whole run, whatever the scenario does.',
      always,
      ({ queue }) => queue,
      laws,
    ),
  ]
}

function table(
  title: string,
  lead: string,
  verdicts: readonly VerdictData[],
  columnOf: (verdict: VerdictData) => string,
  laws: AttemptData['laws'],
): readonly HTMLElement[] {
  if (verdicts.length === 0) return []
  const columns = [...new Set(verdicts.map(columnOf))]
  const rows = [...new Set(verdicts.map(({ law }) => law))].map((law) => {
    const own = verdicts.filter((verdict) => verdict.law === law)
    const cells = columns.map((column) =>
      element('td', {}, ...own.filter((verdict) => columnOf(verdict) === column).map(sign)),
    )
    return element('tr', {}, element('th', { scope: 'row', title: laws[law] ?? '' }, law), ...cells)
  })
  const head = element(
    'thead',
    {},
    element(
      'tr',
      {},
      element('th', { scope: 'col' }, 'Law'),
      ...columns.map((column) => element('th', { scope: 'col' }, column)),
    ),
  )
  const bad = verdicts.some(({ state }) => state !== 'held')
  return [
    element(
      'details',
      { class: 'laws', open: bad },
      element('summary', {}, element('h3', {}, `${title}: ${counts(verdicts)}`)),
      element('p', { class: 'soft' }, lead),
      wideTable(title, head, element('tbody', {}, ...rows)),
      element(
        'dl',
        { class: 'pairs small' },
        ...[...new Set(verdicts.map(({ law }) => law))].flatMap((law) => [
          element('dt', {}, law),
          element('dd', {}, laws[law] ?? ''),
        ]),
      ),
    ),
  ]
}

function sign({ state, sentence }: VerdictData): HTMLElement {
  return element(
    'span',
    { class: `sign ${STATE_CLASS[state]}`, title: sentence },
    element('span', { 'aria-hidden': 'true' }, STATE_SIGN[state]),
    element('span', { class: 'unseen' }, state),
  )
}

function counts(verdicts: readonly VerdictData[]): string {
  return (['held', 'violated', 'unproven'] as const)
    .map((state) => [verdicts.filter((verdict) => verdict.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`)
    .join(', ')
}
