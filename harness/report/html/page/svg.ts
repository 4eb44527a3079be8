/** The SVG element that a picture is drawn into, and how the parts of the drawing call it. */
import { d3 } from './d3.ts'

/** A new one, of this size in pixels. */
export function newSvg(width: number, height: number) {
  return d3
    .create('svg')
    .attr('width', width)
    .attr('height', height)
    .attr('viewBox', `0 0 ${width} ${height}`)
}

/** A group in it that shows nothing outside of the clip with this id. */
export function clippedGroup(svg: Svg, clip: string) {
  return svg.append('g').attr('clip-path', `url(#${clip})`)
}

/** The element. */
export type Svg = ReturnType<typeof newSvg>
/** The group. */
export type Group = ReturnType<typeof clippedGroup>
