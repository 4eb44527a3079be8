/** One run, opened: what it came to and why, each write with its picture, the laws, counters, and how to do it again. */
import type { AttemptData, RunData, VerdictData } from '../report-data.ts'
import { button, type Child, element } from './build.ts'
import { counterMap } from './counter-map.ts'
import { legend } from './legend.ts'
import { movePanel } from './move-panel.ts'
import { lawTable } from './law-table.ts'
import { outcomeBadge, stateBadge } from './words.ts'

/** What is opened. */
export interface Opened {
  readonly at: number
  readonly name: string
  readonly where: string
  readonly data: RunData
  /** The write that the address names. */
  readonly write: number | undefined
}

/** All of a run; its pictures are drawn when their write is opened. */
export function runPanel({ at, name, where, data, write }: Opened): HTMLElement {
  const back = element('a', { href: '#' }, '← All runs')
  const [attempt, ...earlier] = data.attempts
  const head = element('h2', { tabindex: -1, class: 'run-name' }, name)
  const question = element('p', { class: 'soft' }, data.question)
  if (attempt === undefined)
    return element(
      'div',
      {},
      element('p', {}, back),
      head,
      question,
      element('p', {}, outcomeBadge('not run'), ' The campaign ended before its turn came.'),
    )
  return element(
    'div',
    {},
    element('nav', { class: 'run-nav', 'aria-label': 'Runs' }, back, ...neighbours(at)),
    head,
    question,
    element('p', { class: 'soft small' }, where),
    ...attemptParts(attempt, write),
    ...earlier.map((one) =>
      element(
        'details',
        { class: 'earlier' },
        element('summary', {}, `Attempt ${one.attempt}: ${one.outcome}: ${one.reason}`),
        ...attemptParts(one, undefined),
      ),
    ),
  )
}

function neighbours(at: number): readonly HTMLElement[] {
  const links = [
    [at - 1, '‹ Previous'],
    [at + 1, 'Next ›'],
  ] as const
  return links
    .filter(([to]) => document.getElementById(`data-${to}`) !== null)
    .map(([to, text]) => element('a', { href: `#run-${to}` }, text))
}

function attemptParts(attempt: AttemptData, write: number | undefined): readonly HTMLElement[] {
  const { moves, verdicts } = attempt
  const bad = verdicts.filter(({ state }) => state !== 'held')
  const drawn = new Set(moves.map(({ id }) => id))
  // What went wrong is seen at once; else the first of them.
  const toOpen =
    write ??
    bad.find(({ move }) => drawn.has(move))?.move ??
    verdicts.find(({ move }) => drawn.has(move))?.move ??
    moves[0]?.id
  return [
    element(
      'div',
      { class: `card ${attempt.outcome}` },
      element('p', { class: 'reason' }, outcomeBadge(attempt.outcome), ' ', attempt.reason),
      attempt.hint === '' ? undefined : element('p', { class: 'soft' }, `What to try: ${attempt.hint}`),
      ...bad.slice(0, 12).map((verdict) => complaint(verdict, attempt)),
      bad.length > 12 ? element('p', { class: 'soft' }, `and ${bad.length - 12} more below.`) : undefined,
    ),
    ...consoleOf(attempt),
    ...section(
      'Writes and what became of them',
      moves.length === 0 && attempt.missing === ''
        ? []
        : [
            element(
              'p',
              { class: 'soft' },
              moves.length === 0
                ? 'There is no picture of this run.'
                : 'Each write of a new affinity, in order, drawn from the trace of the guest’s own kernel. Open one to see it.',
            ),
            attempt.missing === '' ? undefined : element('p', { class: 'note' }, attempt.missing),
            moves.length === 0 ? undefined : legend(),
            ...moves.map((move) =>
              movePanel(move, {
                verdicts: verdicts.filter((verdict) => verdict.move === move.id),
                laws: attempt.laws,
                open: move.id === toOpen,
              }),
            ),
          ],
    ),
    ...lawTable(attempt),
    ...(attempt.counters === undefined ? [] : section('Interrupts counted', [counterMap(attempt.counters)])),
    ...section('How to do it again', again(attempt)),
    ...section('What it ran on', [
      pairs(attempt.facts),
      element('h4', {}, 'Machine'),
      element('div', { class: 'small' }, pairs(attempt.machine)),
    ]),
    ...(attempt.notes.length === 0
      ? []
      : section('Notes', [element('ul', {}, ...attempt.notes.map((note) => element('li', {}, note)))])),
  ]
}

function complaint(
  { state, law, queue, irq, move, sentence }: VerdictData,
  { laws }: AttemptData,
): HTMLElement {
  const where =
    move === 0 ? `${queue}, irq ${irq}, over the whole run` : `write ${move}, ${queue}, irq ${irq}`
  return element(
    'div',
    { class: 'complaint' },
    element('p', {}, stateBadge(state), ' ', element('strong', {}, law), ` on ${where}: ${sentence}`),
    element('p', { class: 'soft small' }, `The law: ${laws[law] ?? ''}.`),
  )
}

function consoleOf({ console: lines, consoleNote, outcome }: AttemptData): readonly HTMLElement[] {
  if (lines === undefined || outcome === 'skip') return []
  if (lines.length === 0) return section('Console', [element('p', {}, 'The console is empty.')])
  return section('Console', [
    element(
      'p',
      { class: 'soft' },
      consoleNote === '' ? 'The last lines that the guest wrote.' : `This is ${consoleNote}.`,
    ),
    element('pre', { tabindex: 0, class: 'console' }, lines.join('\n')),
  ])
}

function again({ again: command, replay, qemu, files }: AttemptData): readonly HTMLElement[] {
  return [
    element('p', { class: 'soft' }, 'The same kernel, machine and seed make the same choices again.'),
    withCopy(command, [command]),
    element(
      'p',
      { class: 'soft' },
      'With the results at hand, this also says whether the verdicts are the same:',
    ),
    withCopy(replay, [replay]),
    ...(qemu.length === 0
      ? []
      : [
          element(
            'details',
            {},
            element('summary', {}, 'The command line of QEMU'),
            withCopy(
              qemu.join(' '),
              qemu.map((line, at) => (at === 0 ? line : `  ${line}`)),
            ),
          ),
        ]),
    element('p', { class: 'soft small' }, `All evidence of this run: ${files} below the results.`),
  ]
}

/** `…/` stands for folders of the machine that made this page: a copy of it has them, too. */
function withCopy(text: string, lines: readonly string[]): HTMLElement {
  const copy = button('Copy', { class: 'quiet copy' }, () => {
    void navigator.clipboard.writeText(text).then(
      () => {
        copy.textContent = 'Copied'
      },
      () => {
        copy.textContent = 'The browser does not allow it'
      },
    )
  })
  return element(
    'div',
    { class: 'command' },
    element('pre', { class: 'wraps', tabindex: 0 }, lines.join('\n')),
    copy,
  )
}

function pairs(entries: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    'dl',
    { class: 'pairs' },
    ...entries.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  )
}

function section(title: string, children: readonly Child[]): readonly HTMLElement[] {
  return children.length === 0 ? [] : [element('section', {}, element('h3', {}, title), ...children)]
}
