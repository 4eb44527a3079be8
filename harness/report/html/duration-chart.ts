/** How long did the runs of a line take? A small picture: a dot each, the median, and what is usual around it. */
import { formatMs } from '../../base/deadline.ts'
import type { Spread } from '../../history/spread.ts'

const WIDTH = 280
const HEIGHT = 84
const LEFT = 44
const TOP = 8
const BOTTOM = 76
const RIGHT = 274

/** An SVG. Times in milliseconds, the oldest first; all dots are one path, so that many such pictures stay light. */
export function durationChart(
  durations: readonly { readonly runMs: number }[],
  took: Spread | undefined,
): string {
  const [low, high] = rangeOf(
    durations.map(({ runMs }) => runMs),
    took,
  )
  const y = (ms: number) => {
    const within = Math.max(low, Math.min(ms, high))
    return Math.round((BOTTOM - ((within - low) / (high - low)) * (BOTTOM - TOP)) * 10) / 10
  }
  const x = (at: number) =>
    Math.round((LEFT + 4 + ((at + 0.5) / durations.length) * (RIGHT - LEFT - 4)) * 10) / 10
  const dots = durations.map(({ runMs }, at) => `M${x(at)} ${y(runMs)}h0`).join('')
  const label =
    took === undefined
      ? 'durations'
      : `Durations: median ${formatMs(took.medianMs)}, newest ${formatMs(durations.at(-1)?.runMs ?? 0)}`
  const usual =
    took === undefined
      ? ''
      : `<rect class="usual" x="${LEFT}" y="${y(took.medianMs + 2 * took.deviationMs)}" width="${RIGHT - LEFT}" height="${Math.max(1, y(took.medianMs - 2 * took.deviationMs) - y(took.medianMs + 2 * took.deviationMs)).toFixed(1)}"/><path class="median" d="M${LEFT} ${y(took.medianMs)}H${RIGHT}"/>`
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">`,
    `<g class="axis"><path d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>`,
    `<text x="${LEFT - 5}" y="${TOP + 4}" text-anchor="end">${formatMs(high)}</text><text x="${LEFT - 5}" y="${BOTTOM + 3}" text-anchor="end">${formatMs(low)}</text></g>`,
    usual,
    `<path class="dots" d="${dots}"/>`,
    '</svg>',
  ].join('')
}

/** All of them with some air, and never so narrow that noise fills the picture. */
function rangeOf(all: readonly number[], took: Spread | undefined): readonly [number, number] {
  const { medianMs = 0, deviationMs = 0 } = took ?? {}
  const least = Math.max(0.15 * medianMs, 4 * deviationMs, 50)
  const low = Math.min(...all, medianMs - least)
  const high = Math.max(...all, medianMs + least)
  const air = 0.05 * (high - low)
  return [Math.max(0, low - air), high + air]
}
