/** Draws one picture of a move with d3: lanes, bands, vectors, acts, numbered events, verdicts below their moments. */
import type { MoveData, Span, VerdictData } from '../report-data.ts'
import { d3 } from './d3.ts'
import { drawAxis, drawBands, drawGrounds, drawHold, drawVectors } from './draw-lanes.ts'
import { drawChips, drawFlags, drawFrame, drawMarks, type MarkWish } from './draw-marks.ts'
import { EDGE, GUTTER, layOut } from './lanes.ts'
import { clippedGroup, newSvg } from './svg.ts'

/** What is drawn, and what happens when a mark is taken. */
export interface PictureWish extends MarkWish {
  readonly move: MoveData
  readonly verdicts: readonly VerdictData[]
  readonly span: Span
  /** In pixels. */
  readonly width: number
  /** The part that the other picture shows. */
  readonly frame?: Span
  /** What the picture shows, for whoever cannot see it. */
  readonly label: string
}

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
  const svg = newSvg(layout.width, layout.height)
    .attr('class', `picture ${look}`)
    .attr('role', 'group')
    .attr('aria-label', wish.label)
  const id = `p${++pictures}`
  drawGrounds(svg, layout, id)
  const clipped = clippedGroup(svg, `${id}-clip`)
  drawBands(clipped, move.effective, 'effective', layout, xOf)
  drawBands(clipped, move.pending, 'pending', layout, xOf).attr('fill', `url(#${id}-hatch)`)
  drawHold(clipped, move, layout, xOf)
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
