/** The decision tree as a picture: its trunk of questions on the left, the reasons that each leads to on the right. An SVG, pure. */
import { type Fork, type Step } from '../diagnose/tree/step.ts'
import { escapeHtml } from './html/escape.ts'
import { wrap } from './wrap.ts'

const WIDTH = 1120
const TRUNK = { left: 16, width: 268 } as const
const LEAF = { left: 372, width: WIDTH - 372 - 16, height: 44, gap: 8 } as const
/** Between the reasons of two questions: room for the answer that leads on. */
const BETWEEN = 34
const TOP = 78
const LINE = 18
const QUESTION_COLUMNS = 34

/** Colours of both schemes: a picture in a page knows only what the reader's system says. */
const STYLE = `
svg { font-family: system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; font-size: 14px; }
.paper { fill: #ffffff; } .ink { fill: #18202b; } .soft { fill: #4d5a6b; }
.box { fill: #f5f7fa; stroke: #4d5a6b; } .leaf { fill: #fdf1da; stroke: #865300; }
.bug .leaf { fill: #fde8e9; stroke: #b3202c; } .plain .leaf { fill: #f5f7fa; stroke: #4d5a6b; }
.way { stroke: #4d5a6b; fill: none; stroke-width: 1.5; } .head { fill: #4d5a6b; }
.then { font-weight: 600; } .name { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: 12px; }
@media (prefers-color-scheme: dark) {
.paper { fill: #12161c; } .ink { fill: #e6ebf2; } .soft { fill: #a6b1c0; }
.box { fill: #1a2029; stroke: #a6b1c0; } .leaf { fill: #35280f; stroke: #f1b84b; }
.bug .leaf { fill: #3c181c; stroke: #ff8f8f; } .plain .leaf { fill: #1a2029; stroke: #a6b1c0; }
.way { stroke: #a6b1c0; } .head { fill: #a6b1c0; }
}`

/** The text of the file. */
export function treePicture(root: Step, forks: readonly Fork[]): string {
  const parts: string[] = []
  let top = TOP
  for (const [at, fork] of forks.entries()) {
    const height = Math.max(fork.steps.length * (LEAF.height + LEAF.gap) - LEAF.gap, 64)
    const next = forks[at + 1]
    const nextTop = top + height + BETWEEN
    parts.push(block(fork, at + 1, top, next && questionBox(next, at + 2, nextTop).top))
    top = nextTop
  }
  const height = top - BETWEEN + 16
  const label = `${root.name}, then ${forks.length} questions: ${forks.map(({ asks }) => asks).join(' ')}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeHtml(label)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${height}" rx="10"/>`,
    text(TRUNK.left, 30, 'then ink', `0. ${root.name}`),
    text(TRUNK.left, 52, 'soft', `${plain(root.shows)} → ${plain(root.answer)}`),
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

/** The box of a question, level with its first reason: there the eye goes next. */
function questionBox(
  { asks }: Fork,
  number: number,
  top: number,
): { readonly lines: readonly string[]; readonly top: number; readonly height: number } {
  const lines = wrap(`${number}. ${plain(asks)}`, QUESTION_COLUMNS, '')
  const height = lines.length * LINE + 22
  return { lines, height, top: top + LEAF.height / 2 - height / 2 }
}

/** A question with its reasons; `onTo` is where the next question begins. */
function block(fork: Fork, number: number, top: number, onTo: number | undefined): string {
  const { when, steps } = fork
  const { lines, top: boxTop, height: boxHeight } = questionBox(fork, number, top)
  const middle = top + LEAF.height / 2
  const right = TRUNK.left + TRUNK.width
  const trunk = TRUNK.left + 34
  const rail = LEAF.left - 24
  const onward = when === 'yes' ? 'no' : 'yes'
  const leaves = steps.map((step, at) => leaf(step, top + at * (LEAF.height + LEAF.gap)))
  const last = top + (steps.length - 1) * (LEAF.height + LEAF.gap) + LEAF.height / 2
  return [
    `<rect class="box" x="${TRUNK.left}" y="${boxTop}" width="${TRUNK.width}" height="${boxHeight}" rx="8"/>`,
    ...lines.map((line, at) => text(TRUNK.left + 14, boxTop + 26 + at * LINE, 'ink', line)),
    `<path class="way" d="M${right} ${middle}H${rail}"/>`,
    text(right + 10, middle - 6, 'soft', when),
    // One rail for all reasons: they are looked at from the top.
    `<path class="way" d="M${rail} ${middle}V${last}"/>`,
    ...leaves,
    ...(onTo === undefined
      ? []
      : [
          `<path class="way" d="M${trunk} ${boxTop + boxHeight}V${onTo - 8}"/>`,
          `<path class="head" d="M${trunk - 5} ${onTo - 9}h10l-5 8z"/>`,
          text(trunk + 10, boxTop + boxHeight + 18, 'soft', onward),
        ]),
  ].join('\n')
}

function leaf({ shows, answer, findings }: Step, top: number): string {
  const tone = /\bbug\b/.test(answer) ? 'bug' : findings.length === 0 ? 'plain' : ''
  const middle = top + LEAF.height / 2
  return [
    `<g class="${tone}">`,
    `<path class="way" d="M${LEAF.left - 24} ${middle}H${LEAF.left - 8}"/>`,
    `<path class="head" d="M${LEAF.left - 9} ${middle - 5}v10l8 -5z"/>`,
    `<rect class="leaf" x="${LEAF.left}" y="${top}" width="${LEAF.width}" height="${LEAF.height}" rx="8"/>`,
    text(LEAF.left + 12, top + 18, 'ink', plain(shows)),
    text(LEAF.left + 12, top + 36, 'then ink', plain(answer)),
    ...(findings.length === 0
      ? []
      : [text(LEAF.left + LEAF.width - 12, top + 36, 'name soft', findings.join('  '), 'end')]),
    '</g>',
  ].join('\n')
}

function text(x: number, y: number, look: string, words: string, anchor = 'start'): string {
  return `<text class="${look}" x="${x}" y="${y}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escapeHtml(words)}</text>`
}

/** Without the marks of Markdown. */
function plain(words: string): string {
  return words.replaceAll('`', '')
}
