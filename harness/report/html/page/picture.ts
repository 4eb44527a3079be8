/** Draws one picture of a move with d3: lanes, bands, vectors, acts, numbered events, verdicts below their moments. */
import type { Band, MoveData, Span, VerdictData, View } from '../report-data.ts'
import { d3 } from './d3.ts'
import { EDGE, GUTTER, type Layout, layOut, type Look, type Mark } from './lanes.ts'
import { STATE_CLASS, STATE_SIGN, timeText, unitFor } from './words.ts'

/** What is drawn, and what happens when a mark is taken. */
export interface PictureWish {
  readonly move: MoveData
  readonly verdicts: readonly VerdictData[]
  readonly look: Look
  readonly span: Span
  /** What is zero on the axis. */
  readonly zero: Pick<View, 'zero' | 'zeroUs'>
  /** In pixels. */
  readonly width: number
  /** The part that the other picture shows. */
  readonly frame?: Span
  /** Place of the event that is told in full. */
  readonly picked?: number
  readonly pick?: (at: number) => void
  /** What the picture shows, for whoever cannot see it. */
  readonly label: string
}

type Svg = ReturnType<typeof begun>
type Group = ReturnType<typeof groupIn>

/** Pictures on a page need different names for their patterns. */
let pictures = 0

/** A new SVG element. */
export function picture(wish: PictureWish): SVGSVGElement {
  const { move, verdicts, look, span, width } = wish
  const x = d3
    .scaleLinear()
    .domain(span)
    .range([GUTTER, width - EDGE])
  const xOf = (us: number) => x(us)
  const layout = layOut(move, verdicts, { width, span, look, xOf })
  const svg = begun(wish, layout)
  const id = `p${++pictures}`
  drawGrounds(svg, layout, id)
  const clipped = groupIn(svg, id)
  drawHold(clipped, move, layout, xOf)
  drawBands(clipped, move.effective, 'effective', layout, xOf)
  drawBands(clipped, move.pending, 'pending', layout, xOf).attr('fill', `url(#${id}-hatch)`)
  drawVectors(clipped, move, layout, xOf, span)
  drawAxis(svg, wish, layout)
  drawFlags(svg, layout)
  drawChips(svg, look, layout)
  drawMarks(svg, wish, layout)
  if (wish.frame !== undefined) drawFrame(svg, wish.frame, layout, xOf)
  const node = svg.node()
  if (node === null) throw new Error('no picture was made')
  return node
}

function begun({ label, look }: PictureWish, { width, height }: Layout) {
  return d3
    .create('svg')
    .attr('class', `picture ${look}`)
    .attr('role', 'group')
    .attr('aria-label', label)
    .attr('width', width)
    .attr('height', height)
    .attr('viewBox', `0 0 ${width} ${height}`)
}

function drawGrounds(svg: Svg, { lanes, lanesTop, lanesBottom, width }: Layout, id: string): void {
  const defs = svg.append('defs')
  defs
    .append('clipPath')
    .attr('id', `${id}-clip`)
    .append('rect')
    .attr('x', GUTTER)
    .attr('y', 0)
    .attr('width', width - GUTTER - EDGE)
    .attr('height', lanesBottom)
  const hatch = defs
    .append('pattern')
    .attr('id', `${id}-hatch`)
    .attr('class', 'hatch')
    .attr('width', 7)
    .attr('height', 7)
    .attr('patternUnits', 'userSpaceOnUse')
    .attr('patternTransform', 'rotate(45)')
  hatch.append('rect').attr('class', 'ground').attr('width', 7).attr('height', 7)
  hatch.append('rect').attr('class', 'stripe').attr('width', 2.5).attr('height', 7)
  const rows = svg.selectAll('g.lane').data(lanes).join('g').attr('class', 'lane')
  rows
    .append('rect')
    .attr('x', GUTTER)
    .attr('y', ({ top }) => top)
    .attr('width', width - GUTTER - EDGE)
    .attr('height', ({ height }) => height)
  rows
    .append('text')
    .attr('x', GUTTER - 8)
    .attr('y', ({ top, height }) => top + height / 2)
    .attr('dy', '0.35em')
    .attr('text-anchor', 'end')
    .text(({ cpu }) => `CPU ${cpu}`)
  // Lanes begin where the names of our acts end.
  svg
    .append('line')
    .attr('class', 'rule')
    .attr('x1', GUTTER)
    .attr('x2', width - EDGE)
    .attr('y1', lanesTop - 1)
    .attr('y2', lanesTop - 1)
}

function drawHold(
  at: Group,
  { hold }: MoveData,
  { lanesTop, lanesBottom }: Layout,
  xOf: (us: number) => number,
): void {
  if (hold === undefined) return
  const [from, to] = hold
  at.append('rect')
    .attr('class', 'hold')
    .attr('x', xOf(from))
    .attr('width', Math.max(1, xOf(to) - xOf(from)))
    .attr('y', lanesTop)
    .attr('height', lanesBottom - lanesTop)
}

function groupIn(svg: Svg, id: string) {
  return svg.append('g').attr('clip-path', `url(#${id}-clip)`)
}

function drawBands(
  at: Group,
  bands: readonly Band[],
  name: 'effective' | 'pending',
  { lanes }: Layout,
  xOf: (us: number) => number,
) {
  const pieces = bands.flatMap(({ cpus, span }) =>
    lanes.filter(({ cpu }) => cpus.includes(cpu)).map((lane) => ({ lane, span })),
  )
  return at
    .selectAll(`rect.${name}`)
    .data(pieces)
    .join('rect')
    .attr('class', name)
    .attr('x', ({ span: [from] }) => xOf(from))
    .attr('width', ({ span: [from, to] }) => Math.max(1.5, xOf(to) - xOf(from)))
    .attr('y', ({ lane }) => lane.top)
    .attr('height', ({ lane }) => lane.height)
}

function drawVectors(
  at: Group,
  { vectors }: MoveData,
  { lanes }: Layout,
  xOf: (us: number) => number,
  [from, to]: Span,
): void {
  const pieces = vectors
    .filter(({ span }) => span[0] < to && span[1] > from)
    .flatMap((vector) => lanes.filter(({ cpu }) => cpu === vector.cpu).map((lane) => ({ lane, ...vector })))
  const rows = at.selectAll('g.vector').data(pieces).join('g').attr('class', 'vector')
  const bottom = ({ lane }: (typeof pieces)[number]) => lane.top + lane.height - 3
  rows
    .append('line')
    .attr('x1', ({ span }) => xOf(Math.max(span[0], from)))
    .attr('x2', ({ span }) => xOf(Math.min(span[1], to)))
    .attr('y1', bottom)
    .attr('y2', bottom)
  // Where it is taken and where it is given back the bar has an end.
  for (const [end, isEnd] of [
    [0, ({ taken }: (typeof pieces)[number]) => taken],
    [1, ({ given }: (typeof pieces)[number]) => given],
  ] as const)
    rows
      .filter(isEnd)
      .append('line')
      .attr('x1', ({ span }) => xOf(span[end]))
      .attr('x2', ({ span }) => xOf(span[end]))
      .attr('y1', (piece) => bottom(piece) - 5)
      .attr('y2', (piece) => bottom(piece) + 3)
  rows
    .append('text')
    .attr('x', ({ span }) => xOf(Math.max(span[0], from)) + 5)
    .attr('y', (piece) => bottom(piece) - 5)
    .text(({ vector }) => `vector ${vector}`)
    // Without room for its name the list has it.
    .attr('display', ({ span }) =>
      xOf(Math.min(span[1], to)) - xOf(Math.max(span[0], from)) < 62 ? 'none' : null,
    )
}

function drawAxis(svg: Svg, { span, zero, width }: PictureWish, { lanesBottom, lanesTop }: Layout): void {
  const unit = unitFor(span[1] - span[0])
  const shown = d3
    .scaleLinear()
    .domain(span.map((us) => (us - zero.zeroUs) / unit.us))
    .range([GUTTER, width - EDGE])
  const axis = d3
    .axisTop(shown)
    .ticks(Math.max(3, Math.floor(width / 95)))
    .tickSizeOuter(0)
  svg.append('g').attr('class', 'axis').attr('transform', 'translate(0,36)').call(axis)
  svg
    .append('g')
    .attr('class', 'grid')
    .attr('transform', `translate(0,${lanesBottom})`)
    .call(axis.tickSize(lanesBottom - lanesTop).tickFormat(() => ''))
    .lower()
  const name = { s: 'seconds', ms: 'milliseconds', µs: 'microseconds' }[unit.name] ?? unit.name
  svg.append('text').attr('class', 'soft').attr('x', GUTTER).attr('y', 11).text(`${name} since ${zero.zero}`)
}

function drawFlags(svg: Svg, { flags, lanesBottom }: Layout): void {
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

function drawChips(svg: Svg, look: Look, { chips, lanesTop, lanesBottom }: Layout): void {
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

function drawMarks(svg: Svg, wish: PictureWish, { marks }: Layout): void {
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
    .attr('x', ({ x }) => x + 14)
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

function drawFrame(
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
