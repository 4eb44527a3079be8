/** What a person sees first: the counts, what failed and with which sentence, the table of all runs. Works without scripts. */
import { formatMs } from '../../base/deadline.ts'
import { grouped } from '../../base/grouped.ts'
import { escapeHtml } from './escape.ts'
import type { OutcomeWord, RunRow } from './report-data.ts'
import { OUTCOME_SIGNS, OUTCOME_WORDS, type RowOfRun } from './rows.ts'

/** Failures that are told in full above the table. */
const FIRST_MAX = 3
/** Kernels times machines that a screen has room for. */
const COLUMNS_MAX = 12

const MEANINGS: Readonly<Record<OutcomeWord, string>> = {
  fail: 'the kernel did not do what it should',
  fixed: 'a declared failure is gone',
  broken: 'we cannot tell',
  'not run': 'the campaign ended before them',
  known: 'a declared failure',
  skip: 'no meaning here',
  pass: 'every law held',
}

/** The body of the page. The script fills the empty section when a run is opened. */
export function overviewHtml(runs: readonly RowOfRun[]): string {
  return [
    '<div id="overview">',
    totalsHtml(runs),
    firstHtml(runs),
    matrixHtml(runs),
    tableHtml(runs),
    '</div>',
    '<section id="run" aria-live="off" hidden></section>',
    '<noscript><p class="soft">Without scripts this page shows the table alone; the files of each run tell the rest.</p></noscript>',
  ].join('\n')
}

/** `✗ fail`, in its colour. */
function badge(outcome: OutcomeWord): string {
  return `<span class="badge ${outcome.replace(' ', '-')}"><span aria-hidden="true">${OUTCOME_SIGNS[outcome]}</span> ${outcome}</span>`
}

function totalsHtml(runs: readonly RowOfRun[]): string {
  const counts = OUTCOME_WORDS.map(
    (outcome) => [outcome, runs.filter(({ row }) => row.outcome === outcome).length] as const,
  ).filter(([, count]) => count > 0)
  const shares = counts.map(
    ([outcome, count]) => `<span class="${outcome.replace(' ', '-')}" style="flex-grow:${count}"></span>`,
  )
  const tiles = counts.map(
    ([outcome, count]) =>
      `<li class="tile ${outcome.replace(' ', '-')}"><span class="count">${count}</span> ${badge(outcome)}<span class="meaning">${MEANINGS[outcome]}</span></li>`,
  )
  return [
    '<section aria-labelledby="totals-head">',
    `<h2 id="totals-head" class="verdict">${escapeHtml(verdictSentence(runs))}</h2>`,
    `<div class="share" aria-hidden="true">${shares.join('')}</div>`,
    `<ul class="tiles">${tiles.join('')}</ul>`,
    '</section>',
  ].join('\n')
}

/** The campaign in one sentence. */
function verdictSentence(runs: readonly RowOfRun[]): string {
  const of = (outcome: OutcomeWord) => runs.filter(({ row }) => row.outcome === outcome).length
  const asked = runs.length - of('skip')
  const failed = of('fail') + of('fixed')
  if (runs.length === 0) return 'Nothing was run.'
  if (of('fail') > 0)
    return `${of('fail')} of ${plural(runs.length, 'run')} failed: the kernel did not do what it should.`
  if (failed > 0)
    return `${failed} of ${plural(runs.length, 'run')} no longer fail as declared: the declaration must go.`
  const untold = of('broken') + of('not run')
  if (untold > 0) return `Nothing failed, but ${untold} of ${plural(runs.length, 'run')} cannot tell.`
  if (asked === 0) return `All ${plural(runs.length, 'run')} were skipped: nothing was asked of the kernel.`
  if (of('known') > 0)
    return `No new failure: ${of('pass')} passed, ${of('known')} ${of('known') === 1 ? 'fails' : 'fail'} as declared.`
  return `All ${plural(asked, 'run')} passed${of('skip') === 0 ? '' : ` that could be asked`}.`
}

function firstHtml(runs: readonly RowOfRun[]): string {
  const bad = runs
    .map((run, at) => ({ ...run, at }))
    .filter(({ row }) => row.outcome === 'fail' || row.outcome === 'fixed' || row.outcome === 'broken')
  if (bad.length === 0) return ''
  const cards = bad
    .slice(0, FIRST_MAX)
    .map(({ row, question, at }) =>
      [
        `<article class="card ${row.outcome}">`,
        `<h3>${badge(row.outcome)} <a href="#run-${at}">${escapeHtml(row.scenario)}</a></h3>`,
        `<p class="soft">${escapeHtml(question)}</p>`,
        `<p class="reason">${escapeHtml(row.reason)}</p>`,
        `<p class="soft small">${escapeHtml(whereOf(row))}</p>`,
        '</article>',
      ].join('\n'),
    )
  const more = bad.length - cards.length
  return [
    '<section aria-labelledby="first-head">',
    '<h2 id="first-head">Look here first</h2>',
    ...cards,
    more <= 0 ? '' : `<p class="soft">and ${more} more in the table below.</p>`,
    '</section>',
  ].join('\n')
}

function whereOf({ release, source, machine, repeat }: RunRow): string {
  const parts = [`kernel ${release}`, ...(source === '' ? [] : [source]), `machine ${machine}`]
  return [...parts, ...(repeat === '' ? [] : [`repeat ${repeat}`])].join(' · ')
}

/** Where kernels or machines are to be compared: a row for each scenario, a column for each pair. */
function matrixHtml(runs: readonly RowOfRun[]): string {
  const columnOf = ({ release, source, machine }: RunRow) => JSON.stringify([release, source, machine])
  const columns = [...new Set(runs.map(({ row }) => columnOf(row)))].sort()
  const cells = grouped(
    runs.map(({ row }, at) => ({ row, at })),
    ({ row }) => row.scenario,
  )
  // Side by side stands only what was asked in two places.
  const isCompared = [...cells.values()].some((own) => new Set(own.map(({ row }) => columnOf(row))).size > 1)
  if (!isCompared || columns.length > COLUMNS_MAX) return ''
  const places = columns.map((column) => JSON.parse(column) as readonly [string, string, string])
  const kernels = grouped(places, ([release, source]) => `${release} ${source}`)
  const kernelHeads = [...kernels.values()].map((own) => {
    const [release = '', source = ''] = own[0] ?? []
    const which = source === '' ? '' : `<span class="small soft">${escapeHtml(source)}</span>`
    return `<th scope="colgroup" colspan="${own.length}">${escapeHtml(release)}${which}</th>`
  })
  const machineHeads = places.map(([, , machine]) => `<th scope="col">${escapeHtml(machine)}</th>`)
  const rows = [...cells]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([scenario, own]) => {
      const tds = columns.map((column) => {
        const here = own.filter(({ row }) => columnOf(row) === column)
        const links = here.map(({ row, at }) => `<a href="#run-${at}">${badge(row.outcome)}</a>`)
        return `<td>${links.join(' ') || '<span class="soft">not asked</span>'}</td>`
      })
      return `<tr><th scope="row">${escapeHtml(scenario)}</th>${tds.join('')}</tr>`
    })
  return [
    `<details class="matrix"${cells.size <= 40 ? ' open' : ''}>`,
    '<summary><h2>Kernels and machines side by side</h2></summary>',
    '<p class="soft">What each scenario came to, on each kernel and machine. Each cell opens its run.</p>',
    '<div class="wide" tabindex="0" role="region" aria-label="Kernels and machines side by side"><table>',
    `<thead><tr><th scope="col" rowspan="2">Scenario</th>${kernelHeads.join('')}</tr>`,
    `<tr>${machineHeads.join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table></div>`,
    '</details>',
  ].join('\n')
}

function tableHtml(runs: readonly RowOfRun[]): string {
  const rows = runs.map(({ row }, at) => {
    const [held, violated, unproven] = row.verdicts
    const parts = [
      ...(held > 0 ? [`${held} held`] : []),
      ...(violated > 0 ? [`<strong>${violated} violated</strong>`] : []),
      ...(unproven > 0 ? [`${unproven} unproven`] : []),
    ]
    const again = row.attempts > 1 ? ` <span class="small soft">attempt ${row.attempts}</span>` : ''
    const repeat =
      row.repeat === '' ? '' : ` <span class="small soft">repeat ${escapeHtml(row.repeat)}</span>`
    const source =
      row.source === '' ? '' : ` <span class="small soft source">${escapeHtml(row.source)}</span>`
    return [
      `<tr data-at="${at}" data-outcome="${row.outcome}" data-took="${row.tookMs ?? -1}">`,
      `<td class="outcome">${badge(row.outcome)}${again}</td>`,
      `<th scope="row"><a href="#run-${at}">${escapeHtml(row.scenario)}</a>${repeat}</th>`,
      `<td class="kernel">${escapeHtml(row.release)}${source}</td>`,
      `<td class="machine">${escapeHtml(row.machine)}</td>`,
      `<td class="reason"><div class="clamp">${escapeHtml(row.reason)}</div></td>`,
      `<td class="verdicts">${parts.join(', ') || '<span class="soft">none</span>'}</td>`,
      `<td class="took number">${row.tookMs === undefined ? '' : escapeHtml(formatMs(row.tookMs))}</td>`,
      '</tr>',
    ].join('')
  })
  const columns = ['Outcome', 'Scenario', 'Kernel', 'Machine', 'What was seen', 'Verdicts', 'Took']
  return [
    '<section aria-labelledby="table-head">',
    `<h2 id="table-head">All ${plural(runs.length, 'run')}</h2>`,
    '<p class="soft">The worst first. A scenario opens its run: each write with its picture, the laws, the console.</p>',
    '<form id="filter" class="filter" role="search" hidden></form>',
    '<p id="shown" class="soft small" role="status"></p>',
    '<div class="runs"><table id="runs">',
    `<thead><tr>${columns.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>`,
    `<tbody>\n${rows.join('\n')}\n</tbody></table></div>`,
    '</section>',
  ].join('\n')
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
