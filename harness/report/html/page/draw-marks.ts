/** Draws what stands out in a picture: our acts, the events, the verdicts, and the frame of what is seen close up. */
import type { Span, View } from '../report-data.ts'
import { EDGE, GUTTER, type Layout, type Look, type Mark } from './lanes.ts'
import type { Svg } from './svg.ts'
import { STATE_CLASS, STATE_SIGN, timeText } from './words.ts'

/** How the events are drawn, and what happens when one is taken. */
export interface MarkWish {
  readonly look: Look
  /** What is zero on the axis. */
  readonly zero: Pick<View, 'zero' | 'zeroUs'>
  /** Place of the event that is told in full. */
  readonly picked?: number
  readonly pick?: (at: number) => void
}

/** Our acts, with their names above the lanes. */
export function drawFlags(svg: Svg, { flags, lanesBottom }: Layout): void {
  const rows = svg
    .selectAll('g.flag')
    .data(flags)
    .join('g')
    .attr('class', ({ kind }) => `flag ${kind}`)
  rows
    .filter(({ kind }) => kind !== 'hold')
    .append('line')
    .attr('x1', ({ x }) => x)
    .attr('x2', ({ x }) => x)
    .attr('y1', ({ y }) => y + 16)
    .attr('y2', lanesBottom)
  rows
    .append('rect')
    .attr('x', ({ left }) => left)
    .attr('y', ({ y }) => y)
    .attr('width', ({ width }) => width)
    .attr('height', 17)
    .attr('rx', 3)
  rows
    .append('text')
    .attr('x', ({ left, width }) => left + width / 2)
    .attr('y', ({ y }) => y + 12.5)
    .attr('text-anchor', 'middle')
    .text(({ text }) => text)
}

/** Verdicts below the lanes, each with a line to its moment. */
export function drawChips(svg: Svg, look: Look, { chips, lanesTop, lanesBottom }: Layout): void {
  // Lines first: none of them may cross a name.
  svg
    .selectAll('path.leader')
    .data(chips)
    .join('path')
    .attr('class', ({ verdict }) => `leader ${STATE_CLASS[verdict.state]}`)
    .attr('d', ({ x, y, left, width }) => {
      const foot = Math.max(left + 6, Math.min(x, left + width - 6))
      return `M${x},${look === 'close' ? lanesTop : lanesBottom - 4}V${lanesBottom + 5}L${foot},${y}`
    })
  const rows = svg
    .selectAll('g.chip')
    .data(chips)
    .join('g')
    .attr('class', ({ verdict }) => `chip ${STATE_CLASS[verdict.state]}`)
  rows
    .append('rect')
    .attr('x', ({ left }) => left)
    .attr('y', ({ y }) => y)
    .attr('width', ({ width }) => width)
    .attr('height', 18)
    .attr('rx', 9)
  rows
    .append('text')
    .attr('x', ({ left, width }) => left + width / 2)
    .attr('y', ({ y }) => y + 13)
    .attr('text-anchor', 'middle')
    .text(({ verdict }) => `${STATE_SIGN[verdict.state]} ${verdict.law}`)
  rows.append('title').text(({ verdict }) => `${verdict.law} ${verdict.state}: ${verdict.sentence}`)
}

/** The events; close up each is numbered and can be taken, by mouse or keys. */
export function drawMarks(svg: Svg, wish: MarkWish, { marks }: Layout): void {
  const { look, picked, pick, zero } = wish
  const rows = svg
    .selectAll<SVGGElement, Mark>('g.mark')
    // An interrupt lies on top of what it brought about.
    .data(
      marks.toSorted((a, b) => Number(a.event.kind === 'interrupt') - Number(b.event.kind === 'interrupt')),
    )
    .join('g')
    .attr('class', ({ event, number }) => `mark ${event.kind}${number - 1 === picked ? ' picked' : ''}`)
    .attr('transform', ({ x, y }) => `translate(${x},${y})`)
  if (look === 'whole' || pick === undefined) {
    rows.append('path').attr('d', ({ event }) => shapeOf(event.kind, event.kind === 'interrupt' ? 4.5 : 3.5))
    rows.append('title').text(({ event }) => event.words)
    return
  }
  const tabStop = marks.find(({ number }) => number - 1 === picked) ?? marks[0]
  rows
    .attr('role', 'button')
    .attr('tabindex', (mark) => (mark === tabStop ? 0 : -1))
    .attr('data-at', ({ number }) => number - 1)
    .attr('aria-pressed', ({ number }) => String(number - 1 === picked))
    .attr(
      'aria-label',
      ({ event, number }) =>
        `${number}: ${timeText(event.atUs - zero.zeroUs)}, CPU ${event.cpu}: ${event.words}${event.stack === undefined ? '' : '; has a stack'}`,
    )
    .on('click', (_, { number }) => pick(number - 1))
    .on('keydown', (event: KeyboardEvent, mark) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
      if (event.key === 'Enter' || event.key === ' ') pick(mark.number - 1)
      else if (step !== undefined) {
        const order = marks.toSorted((a, b) => a.number - b.number)
        const next = order[order.indexOf(mark) + step]
        if (next !== undefined) pick(next.number - 1)
      } else return
      event.preventDefault()
    })
  rows.append('path').attr('d', ({ event }) => shapeOf(event.kind, 9.5))
  rows
    .append('text')
    .attr('dy', '0.34em')
    .attr('text-anchor', 'middle')
    .text(({ number }) => number)
  rows.append('title').text(({ event }) => event.words)
  // Beside the marks, not in them: the name of each mark says more.
  svg
    .selectAll('text.brief')
    .data(marks.filter(({ brief }) => brief !== ''))
    .join('text')
    .attr('class', 'brief')
    .attr('aria-hidden', 'true')
    .attr('x', ({ x, side }) => (side === 'right' ? x + 14 : x - 14))
    .attr('text-anchor', ({ side }) => (side === 'right' ? 'start' : 'end'))
    .attr('y', ({ y }) => y)
    .attr('dy', '0.34em')
    .text(({ brief }) => brief)
}

/** Interrupts are round, acts of the kernel square, the move itself stands on its corner. */
function shapeOf(kind: Mark['event']['kind'], size: number): string {
  if (kind === 'interrupt')
    return `M${-size},0a${size},${size} 0 1,0 ${2 * size},0a${size},${size} 0 1,0 ${-2 * size},0`
  if (kind === 'set') {
    const wide = size * 1.15
    return `M0,${-wide}L${wide},0L0,${wide}L${-wide},0Z`
  }
  const half = size * 0.86
  return `M${-half},${-half}h${2 * half}v${2 * half}h${-2 * half}Z`
}

/** What the other picture shows. */
export function drawFrame(
  svg: Svg,
  [from, to]: Span,
  { lanesTop, lanesBottom, width }: Layout,
  xOf: (us: number) => number,
): void {
  // Never so narrow that it hides what it frames.
  const room = Math.max(0, 14 - (xOf(to) - xOf(from))) / 2
  const left = Math.max(GUTTER - 2, xOf(from) - 2 - room)
  const right = Math.min(width - EDGE + 2, xOf(to) + 2 + room)
  svg
    .append('rect')
    .attr('class', 'frame')
    .attr('x', left)
    .attr('width', right - left)
    .attr('y', lanesTop - 2)
    .attr('height', lanesBottom - lanesTop + 4)
    .attr('rx', 2)
}
