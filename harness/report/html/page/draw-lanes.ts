/** Draws what lies below the events of a picture: lanes, time, hold, bands and vectors. */
import type { Band, MoveData, Span, View } from '../report-data.ts'
import { d3 } from './d3.ts'
import { EDGE, GUTTER, type Layout, textWidth } from './lanes.ts'
import type { Group, Svg } from './svg.ts'
import { unitFor } from './words.ts'

/** The lanes with their names, and what the bands are filled with; `id` is the picture's own. */
export function drawGrounds(svg: Svg, { lanes, lanesTop, lanesBottom, width }: Layout, id: string): void {
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

/** The window in which nothing may change. */
export function drawHold(
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

/** Effective or pending, over all lanes of their CPUs. */
export function drawBands(
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

/** A bar for each vector, from when it was taken to when it was given back. */
export function drawVectors(
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

/** The time, in a unit that fits, with lines down through the lanes. */
export function drawAxis(
  svg: Svg,
  { span, zero }: { readonly span: Span; readonly zero: Pick<View, 'zero' | 'zeroUs'> },
  { lanesBottom, lanesTop, width }: Layout,
): void {
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
  const fits = (text: string) => textWidth(text) <= width - GUTTER
  const name = { s: 'seconds', ms: 'milliseconds', µs: 'microseconds' }[unit.name] ?? unit.name
  svg
    .append('text')
    .attr('class', 'soft')
    .attr('x', GUTTER)
    .attr('y', 11)
    .text([name, unit.name].map((word) => `${word} since ${zero.zero}`).find(fits) ?? unit.name)
}
