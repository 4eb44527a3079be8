import t from 'tap'
import { assert } from '../../../base/errors.ts'
import { RECORDED } from '../../../irq/recorded-fixture.ts'
import { moveData } from '../move-data.ts'
import { moveWindow } from '../move-window.ts'
import type { MoveData, Span } from '../report-data.ts'
import { EDGE, GUTTER, layOut, textWidth } from './lanes.ts'

const recorded = RECORDED.find(({ name }) => name === '6.1-plain-deferred-move')
assert(recorded !== undefined, 'it is recorded')
const moves = recorded.run.moves.flatMap((move) => moveWindow(recorded.run, move) ?? []).map(moveData)

function laidOut(move: MoveData, span: Span, width: number) {
  const xOf = (us: number) => GUTTER + ((us - span[0]) / (span[1] - span[0])) * (width - GUTTER - EDGE)
  const verdicts = [100, move.window[1] - 1].map((atUs) => ({
    law: 'once',
    queue: move.queue,
    irq: move.irq,
    move: move.id,
    state: 'held' as const,
    sentence: '',
    numbers: '',
    atUs,
  }))
  return { xOf, ...layOut(move, verdicts, { width, span, look: 'close', xOf }) }
}

await t.test('every event stands at its moment, on the lane of its CPU, whatever the width', async (t) => {
  for (const width of [280, 700, 1180])
    for (const move of moves)
      for (const { span } of move.views) {
        const { marks, lanes, xOf } = laidOut(move, span, width)
        const strays = marks.filter(({ event, x, y }) => {
          const lane = lanes.find(({ cpu }) => cpu === event.cpu)
          return x !== xOf(event.atUs) || lane === undefined || y <= lane.top || y >= lane.top + lane.height
        })
        t.same(strays, [], `write ${move.id}, ${width} wide`)
      }
})

await t.test('no two marks or words overlap, and no word leaves the picture', async (t) => {
  for (const width of [280, 700, 1180])
    for (const move of moves)
      for (const { span } of move.views) {
        const { marks } = laidOut(move, span, width)
        const boxes = marks.map(({ x, y, brief, side }) => {
          const words = brief === '' ? 0 : textWidth(brief) + 6
          return side === 'right'
            ? { left: x - 10, right: x + 10 + words, y }
            : { left: x - 10 - words, right: x + 10, y }
        })
        const overlapping = boxes.filter((box, at) =>
          boxes
            .slice(at + 1)
            .some((other) => box.y === other.y && box.right > other.left && other.right > box.left),
        )
        t.same(overlapping, [], `write ${move.id}, ${width} wide`)
        t.ok(boxes.every(({ right }) => right <= width))
      }
})

await t.test('verdicts stand below the lanes, within the picture', async (t) => {
  const [move] = moves
  assert(move !== undefined, 'a move was recorded')
  const { chips, lanesBottom } = laidOut(move, move.window, 700)
  t.equal(chips.length, 2)
  t.ok(chips.every(({ y, left, width }) => y > lanesBottom && left >= GUTTER && left + width <= 700))
})
