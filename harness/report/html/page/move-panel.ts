/** One write: its head, what became of it, the whole move at a glance, a part of it close up, the events, the stack. */
import type { EventData, MoveData, Span, VerdictData, View } from '../report-data.ts'
import { button, element } from './build.ts'
import { picture } from './picture.ts'
import { toldOf } from './told.ts'
import { stateBadge, STATE_CLASS, STATE_SIGN, timeText } from './words.ts'

/** What belongs to one write beside the move itself. */
export interface MoveSurroundings {
  readonly verdicts: readonly VerdictData[]
  readonly laws: Readonly<Record<string, string>>
  readonly open: boolean
}

/** Shown folded; drawn when it is opened for the first time. */
export function movePanel(move: MoveData, { verdicts, laws, open }: MoveSurroundings): HTMLElement {
  const worst =
    verdicts.find(({ state }) => state === 'violated') ?? verdicts.find(({ state }) => state !== 'held')
  const summary = element(
    'summary',
    {},
    element('span', { class: 'write-number' }, `Write ${move.id}`),
    element(
      'span',
      { class: 'write-what' },
      `${move.queue} (irq ${move.irq}): CPU ${move.from} → ${move.requested}`,
    ),
    verdicts.length === 0
      ? element('span', { class: 'soft small' }, 'no law was asked of it')
      : element(
          'span',
          { class: `badge ${STATE_CLASS[worst?.state ?? 'held']}` },
          element('span', { 'aria-hidden': 'true' }, STATE_SIGN[worst?.state ?? 'held']),
          worst === undefined ? ` ${verdicts.length} held` : ` ${worst.law} ${worst.state}`,
        ),
  )
  const panel = element('details', { class: 'move', 'data-write': move.id }, summary)
  let isDrawn = false
  panel.addEventListener('toggle', () => {
    if (!panel.open || isDrawn) return
    isDrawn = true
    panel.append(...parts(move, verdicts, laws))
  })
  panel.open = open
  return panel
}

function parts(
  move: MoveData,
  verdicts: readonly VerdictData[],
  laws: Readonly<Record<string, string>>,
): readonly HTMLElement[] {
  const whole = element('div', { class: 'canvas' })
  const close = element('div', { class: 'canvas' })
  const events = element('ol', { class: 'events' })
  const told = element('div', { class: 'told', role: 'status' })
  const views = element('div', {
    class: 'views',
    role: 'group',
    'aria-label': 'Which part is drawn close up',
  })
  let view = firstView(move, verdicts)
  let span: Span = view?.span ?? move.window
  let picked = firstEvent(move, verdicts)
  const zero = () => view ?? { zero: 'the write', zeroUs: 0 }

  const draw = (): void => {
    // As wide as there is room; the element is empty then, so that it can shrink.
    const width = Math.max(280, Math.floor(whole.getBoundingClientRect().width))
    const focused =
      document.activeElement?.closest('.mark') !== null && close.contains(document.activeElement)
    whole.replaceChildren(
      picture({
        move,
        verdicts,
        look: 'whole',
        span: move.window,
        zero: { zero: 'the write', zeroUs: 0 },
        width,
        frame: span,
        label: `The whole move. ${move.sentence}`,
      }),
    )
    close.replaceChildren(
      picture({
        move,
        verdicts: verdicts.filter(({ atUs }) => atUs !== undefined),
        look: 'close',
        span,
        zero: zero(),
        width,
        picked,
        pick,
        label: `${view?.name ?? 'a part'}, close up. Arrow keys go from event to event.`,
      }),
    )
    if (focused) close.querySelector<SVGElement>(`.mark[data-at="${picked}"]`)?.focus()
    events.replaceChildren(...eventItems())
    told.replaceChildren(...toldOf(move, picked, zero()))
  }
  const eventItems = (): readonly HTMLElement[] =>
    move.events
      .map((event, at) => ({ event, at }))
      .filter(({ event }) => event.atUs >= span[0] && event.atUs <= span[1])
      .map(({ event, at }) =>
        element(
          'li',
          { value: at + 1 },
          button(
            '',
            { class: `event ${event.kind}`, 'aria-pressed': String(at === picked), 'data-at': at },
            () => pick(at),
          ),
        ),
      )
      .map((item) => {
        const line = item.querySelector('button')
        const event = move.events[Number(line?.dataset['at'])]
        if (event !== undefined) line?.append(...eventWordsOf(event))
        return item
      })
  const eventWordsOf = (event: EventData): readonly HTMLElement[] => [
    element('span', { class: 'when number' }, timeText(event.atUs - zero().zeroUs)),
    element(
      'span',
      { class: 'cpu' },
      event.kind === 'act' || event.kind === 'probe' ? 'irqlab' : `CPU ${event.cpu}`,
    ),
    element('span', { class: 'words' }, event.words, event.stack === undefined ? '' : ' · stack'),
  ]
  function pick(at: number): void {
    picked = at
    const us = move.events[at]?.atUs ?? 0
    const length = span[1] - span[0]
    // An arrow key may lead out of the picture: it follows.
    if (us < span[0] || us > span[1])
      span = [Math.max(move.window[0], us - length / 2), Math.min(move.window[1], us + length / 2)]
    const focusedItem = events.contains(document.activeElement)
    draw()
    if (focusedItem) events.querySelector<HTMLElement>(`[data-at="${at}"]`)?.focus()
  }
  const look = (next: Span): void => {
    span = [Math.max(move.window[0], next[0]), Math.min(move.window[1], next[1])]
    draw()
  }
  const scaled = (factor: number, shift: number): void => {
    const [from, to] = span
    const [middle, half] = [(from + to) / 2 + (to - from) * shift, ((to - from) / 2) * factor]
    if (half >= 4) look([middle - half, middle + half])
  }
  const choices = move.views.map((one) =>
    button(one.name, { 'aria-pressed': String(one === view) }, () => {
      view = one
      for (const [at, other] of choices.entries())
        other.setAttribute('aria-pressed', String(move.views[at] === one))
      look(one.span)
    }),
  )
  views.append(
    ...choices,
    element(
      'span',
      { class: 'zoom' },
      button('−', { 'aria-label': 'Show more time' }, () => scaled(2, 0)),
      button('+', { 'aria-label': 'Show less time' }, () => scaled(0.5, 0)),
      button('‹', { 'aria-label': 'Earlier' }, () => scaled(1, -0.3)),
      button('›', { 'aria-label': 'Later' }, () => scaled(1, 0.3)),
    ),
  )
  // Draws for the first time, too: when there is a width.
  let width = 0
  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry?.contentRect.width ?? 0)
    if (now === 0 || now === width) return
    width = now
    draw()
  }).observe(whole)
  return [
    element('p', { class: 'sentence' }, move.sentence),
    element(
      'p',
      { class: 'soft small' },
      `Predicted before the write: ${move.prediction}. ${move.why} ${move.quietCpus}`,
    ),
    element('h4', {}, 'The whole move'),
    element(
      'p',
      { class: 'soft small' },
      'From the write to the last event, a lane for each CPU. The frame is what is drawn close up below; each law stands below the moment that decided it.',
    ),
    whole,
    element('h4', {}, 'Close up'),
    element(
      'p',
      { class: 'soft small' },
      'Every event of this irq, numbered as in the list. Take one to see its line of the trace and its stack.',
    ),
    views,
    close,
    ...(move.leftOut === '' ? [] : [element('p', { class: 'note' }, move.leftOut)]),
    element(
      'div',
      { class: 'beside' },
      element('div', {}, element('h4', {}, 'Events in this part'), events),
      told,
    ),
    ...verdictList(verdicts, laws),
  ]
}

/** What did not hold, where the trace shows the moment. */
function complaintAt(verdicts: readonly VerdictData[]): number | undefined {
  const bad = (wanted: VerdictData['state']) =>
    verdicts.find(({ state, atUs }) => state === wanted && atUs !== undefined)?.atUs
  return bad('violated') ?? bad('unproven')
}

/** The part in which something was violated; else the move itself. */
function firstView({ views }: MoveData, verdicts: readonly VerdictData[]): View | undefined {
  const at = complaintAt(verdicts)
  return views.find(({ span: [from, to] }) => at === undefined || (at >= from && at <= to)) ?? views[0]
}

function firstEvent({ events, first }: MoveData, verdicts: readonly VerdictData[]): number {
  const at = complaintAt(verdicts)
  const found = events.findIndex(({ atUs }) => atUs === at)
  return found >= 0 ? found : first
}

function verdictList(
  verdicts: readonly VerdictData[],
  laws: Readonly<Record<string, string>>,
): readonly HTMLElement[] {
  if (verdicts.length === 0) return []
  return [
    element('h4', {}, 'What the laws say of this write'),
    element(
      'ul',
      { class: 'law-verdicts' },
      ...verdicts.map((verdict) =>
        element(
          'li',
          {},
          element(
            'details',
            { open: verdict.state !== 'held' },
            element(
              'summary',
              {},
              stateBadge(verdict.state),
              ' ',
              element('strong', {}, verdict.law),
              ` ${verdict.sentence}`,
            ),
            element(
              'p',
              { class: 'soft small' },
              `The law: ${laws[verdict.law] ?? ''}. ${decidedBy(verdict)}`,
            ),
          ),
        ),
      ),
    ),
  ]
}

function decidedBy({ numbers, atUs }: VerdictData): string {
  const when = atUs === undefined ? '' : `${timeText(atUs)} after the write`
  const parts = [numbers, when].filter((text) => text !== '')
  return parts.length === 0 ? '' : `Decided by: ${parts.join('; ')}.`
}
