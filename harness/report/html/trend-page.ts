/** The page of trends: outcomes of each line over the campaigns as a grid, and how long its runs took. One self-contained file. */
import { formatMs } from '../../base/deadline.ts'
import type { Trend, TrendCell, TrendLine } from '../../history/trend.ts'
import { OUTCOMES } from '../../record/run-record.ts'
import { accelOf, ageText, kernelOf, machineOf, newestMs, passedText, tookText } from '../history-lines.ts'
import { SIGNS } from '../pretty.ts'
import { durationChart } from './duration-chart.ts'
import { escapeHtml } from './escape.ts'
import { pageHtml } from './page-frame.ts'

/** What the page is about, beside its lines. */
export interface TrendLook {
  /** The directory of the results, as a person names it. */
  readonly where: string
  readonly nowMs: number
}

/** With fewer runs there is no trend to draw. */
const CHART_RUNS_MIN = 3

/** The text of the file. */
export function trendPage(trend: Trend, { where, nowMs }: TrendLook): string {
  const { campaigns, lines, onlySkipped } = trend
  const last = campaigns.at(-1)
  const lead =
    last === undefined
      ? `No campaign in ${where} yet.`
      : `${lines.length} lines over the last ${campaigns.length} campaigns in ${where}; the newest is ${last.name}, ${ageText(last.startedMs, nowMs)}.`
  const charted = lines.filter(({ durations }) => durations.length >= CHART_RUNS_MIN)
  const body = [
    summary(trend),
    filterBar(),
    '<h2 id="outcomes">Outcomes over campaigns</h2>',
    legend(),
    '<p id="told" class="told" aria-live="polite">Newest campaigns are on the right. Point at a cell, or enter the grid and use the arrow keys.</p>',
    lines.length === 0 ? '<p>Nothing was asked yet.</p>' : grid(trend, nowMs),
    ...(onlySkipped === 0
      ? []
      : [`<p class="soft">${onlySkipped} lines were only ever skipped and are not shown.</p>`]),
    '<h2 id="durations">How long the runs took</h2>',
    charted.length === 0
      ? `<p>No line has ${CHART_RUNS_MIN} runs whose duration is known.</p>`
      : `<p class="soft">One dot a run that came to verdicts, the newest right; the line is the median, the band what is usual around it.</p><div class="charts">${charted.map(chart).join('\n')}</div>`,
    '<p id="nothing" class="soft" hidden>Nothing fits this filter.</p>',
  ].join('\n')
  return pageHtml({
    title: 'Trends of irqlab',
    lead,
    body,
    styles: ['trend.css'],
    libraries: [],
    script: 'page/trend.ts',
    data: new Map([
      [
        'campaigns',
        campaigns.map(({ name, startedMs }) => ({ name, at: new Date(startedMs).toISOString() })),
      ],
    ]),
  })
}

function summary({ lines }: Trend): string {
  const count = (is: (line: TrendLine) => boolean) => lines.filter(is).length
  const parts: readonly (readonly [string, number, string])[] = [
    [
      'bad',
      count(({ standing: { news } }) => news === 'new failure' || news === 'fails again'),
      'new to fail',
    ],
    ['bad', count(({ standing: { news } }) => news === 'still fails'), 'still fail'],
    ['doubt', count(({ standing: { steadiness } }) => steadiness === 'flaky'), 'flaky'],
    ['doubt', count(({ standing: { news } }) => news.endsWith('broken')), 'broken'],
    ['known', count(({ standing: { news } }) => news === 'known'), 'known'],
    ['good', count(({ standing: { news } }) => news === 'fixed'), 'fixed'],
    ['good', count(({ standing: { steadiness } }) => steadiness === 'stable'), 'stable'],
  ]
  const items = parts.map(
    ([kind, number, words]) =>
      `<li class="${number === 0 ? 'idle' : kind}"><strong>${number}</strong> ${words}</li>`,
  )
  return `<ul class="counts">${items.join('')}</ul>`
}

function filterBar(): string {
  return [
    '<form class="filter" role="search" hidden>',
    '<label>Filter <input type="search" id="filter" placeholder="scenario, kernel, machine" autocomplete="off"></label>',
    '<label>Show <select id="which"><option value="">all</option><option value="attention">what needs a look</option><option value="flaky">flaky</option></select></label>',
    '<span id="shown" class="soft" aria-live="polite"></span>',
    '</form>',
  ].join('')
}

function legend(): string {
  const items = OUTCOMES.toReversed().map(
    (outcome) => `<li><span class="cell ${outcome}">${SIGNS[outcome]}</span> ${outcome}</li>`,
  )
  return `<ul class="legend">${items.join('')}</ul>`
}

function grid({ campaigns, lines }: Trend, nowMs: number): string {
  const heads = campaigns.map(({ startedMs }) => {
    const day = new Date(startedMs).toISOString()
    return `<th scope="col"><time datetime="${day}">${day.slice(5, 16).replace('T', ' ')}</time></th>`
  })
  const rows = lines.map((line) => gridRow(line, nowMs))
  return [
    '<div class="wide grid-box" id="grid-box">',
    `<table class="grid" id="grid"><caption class="visually-hidden">Outcome of each scenario, kernel and machine in each campaign, the newest right</caption>`,
    `<thead><tr><th scope="col">scenario</th><th scope="col">passed</th><th scope="col">took</th>${heads.join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table></div>`,
  ].join('\n')
}

function gridRow(line: TrendLine, nowMs: number): string {
  const { standing } = line
  const words = [...wordsOf(line), standing.news, standing.steadiness].join(' ')
  const cells = line.cells.map(gridCell).join('')
  return [
    `<tr data-words="${escapeHtml(words.toLowerCase())}" data-look="${lookOf(line)}">`,
    `<th scope="row"><span class="name">${escapeHtml(line.line.scenario)}</span>${badges(line)}<span class="where">${escapeHtml(wordsOf(line).slice(1).join(', '))}</span></th>`,
    `<td class="number">${escapeHtml(passedText(line).trim())}</td>`,
    `<td class="number" title="last run ${escapeHtml(ageText(newestMs(line), nowMs))}">${escapeHtml(tookText(line.took))}</td>`,
    cells,
    '</tr>',
  ].join('')
}

function gridCell(cell: TrendCell | undefined): string {
  if (cell === undefined) return '<td class="cell"></td>'
  const many = cell.runs > 1 ? ` data-runs="${cell.runs}"` : ''
  return `<td class="cell ${cell.outcome}"${many}>${SIGNS[cell.outcome]}</td>`
}

/** What a reader would look for: `attention`, `flaky` or nothing of it. */
function lookOf({ standing: { news, steadiness } }: TrendLine): string {
  const isWell = ['passes', 'fixed', 'known', 'skipped'].includes(news)
  return [
    ...(isWell && steadiness !== 'flaky' ? [] : ['attention']),
    ...(steadiness === 'flaky' ? ['flaky'] : []),
  ].join(' ')
}

const BADGES: Readonly<Record<string, string>> = {
  'new failure': 'bad',
  'fails again': 'bad',
  'still fails': 'bad',
  'still declared': 'bad',
  'newly broken': 'doubt',
  'still broken': 'doubt',
  fixed: 'good',
}

function badges({ standing: { news, steadiness } }: TrendLine): string {
  const kind = BADGES[news]
  const flaky = steadiness === 'flaky' ? ' <span class="badge doubt">flaky</span>' : ''
  return `${flaky}${kind === undefined ? '' : ` <span class="badge ${kind}">${news}</span>`}`
}

function chart(line: TrendLine): string {
  const words = [...wordsOf(line), line.standing.news, line.standing.steadiness].join(' ')
  const took = line.took === undefined ? '' : `median ${formatMs(line.took.medianMs)}`
  return [
    `<figure class="chart" data-words="${escapeHtml(words.toLowerCase())}" data-look="${lookOf(line)}">`,
    `<figcaption><span class="name">${escapeHtml(line.line.scenario)}</span>${badges(line)}<span class="where">${escapeHtml(wordsOf(line).slice(1).join(', '))}</span></figcaption>`,
    durationChart(line.durations, line.took),
    `<p class="soft">${escapeHtml(`${took}, ${line.durations.length} runs`)}</p></figure>`,
  ].join('')
}

function wordsOf(line: TrendLine): readonly string[] {
  return [line.line.scenario, kernelOf(line), machineOf(line), accelOf(line)]
}
