import t from 'tap'
import { rowsOf } from './rows-of.ts'

const edge = { from: 0, to: 100, gap: 2 }

await t.test('labels that fit beside each other share a row, centred on their moments', async (t) => {
  t.same(
    rowsOf(
      [
        { x: 20, width: 20 },
        { x: 60, width: 20 },
      ],
      edge,
    ),
    [
      { row: 0, left: 10 },
      { row: 0, left: 50 },
    ],
  )
})

await t.test('one that would overlap goes below, and a later one into the gap that is left', async (t) => {
  const rows = rowsOf(
    [
      { x: 20, width: 20 },
      { x: 25, width: 20 },
      { x: 80, width: 20 },
    ],
    edge,
  )
  t.same(
    rows.map(({ row }) => row),
    [0, 1, 0],
  )
})

await t.test('none leaves the picture', async (t) => {
  t.same(rowsOf([{ x: 1, width: 20 }], edge), [{ row: 0, left: 0 }])
  t.same(rowsOf([{ x: 99, width: 20 }], edge), [{ row: 0, left: 80 }])
  t.same(rowsOf([{ x: 50, width: 300 }], edge), [{ row: 0, left: 0 }], 'too wide for any')
})
