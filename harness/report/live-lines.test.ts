import t from 'tap'
import { LiveLines } from './live-lines.ts'
import { Screen } from './screen-fixture.ts'

const ESCAPE = '\u001B'

await t.test('lines change in place, grow, shrink and go', async (t) => {
  const screen = new Screen(40, 10)
  screen.write('$ irqlab\n')
  const live = new LiveLines(screen)
  for (const lines of [['a'], ['one', 'two', 'three'], ['a longer one', 'two'], ['x', '', 'z'], ['last']]) {
    live.show(lines)
    t.same(screen.lines, ['$ irqlab', ...lines])
  }
  const told = screen.written.length
  live.show(['last'])
  t.equal(screen.written.length, told, 'nothing is written twice')
  t.equal(told, 6, 'and each change is one write')
  const early = new RegExp(`${ESCAPE}\\[K[^${ESCAPE}\n]|${ESCAPE}\\[J[^]`, 'u')
  t.same(
    screen.written.filter((text) => early.test(text)),
    [],
    'nothing is erased before it is written anew',
  )
  live.show([])
  t.same(screen.lines, ['$ irqlab', ''])
  live.erase()
  t.equal(screen.written.length, told + 1, 'nothing to take away')
})

await t.test('never wider and never higher than the terminal', async (t) => {
  const screen = new Screen(20, 4)
  const live = new LiveLines(screen)
  const many = Array.from({ length: 30 }, (_, at) => `${at} ${'x'.repeat(100)}`)
  live.show(many)
  live.show(many.map((line) => line.replaceAll('x', 'y')))
  t.same(
    screen.lines,
    [0, 1, 2].map((at) => `${at} ${'y'.repeat(17)}`),
    'one row is left for what stays',
  )
  live.erase()
  t.same(screen.lines, [''])
  screen.columns = undefined
  screen.rows = undefined
  t.same([live.columns, live.rows], [79, 23], 'a terminal that does not say')
  t.same([new LiveLines(new Screen(1, 1)).columns, new LiveLines(new Screen(1, 1)).rows], [1, 1])
})

await t.test('at the bottom of a full screen it scrolls once, and then not again', async (t) => {
  const screen = new Screen(40, 5)
  screen.write('1\n2\n3\n4\n5\n')
  const live = new LiveLines(screen)
  for (let at = 0; at < 5; at++) live.show([`a${at}`, `b${at}`, `c${at}`])
  t.same(screen.lines, ['1', '2', '3', '4', '5', 'a4', 'b4', 'c4'])
})

await t.test('a terminal made narrower has broken the lines: all of their rows are taken away', async (t) => {
  const screen = new Screen(40, 10)
  const live = new LiveLines(screen)
  live.show(['x'.repeat(30), 'y'.repeat(30)])
  screen.columns = 20
  live.erase()
  t.equal(
    screen.written.at(-1),
    '\r\u001B[3A\u001B[K\n\u001B[K\n\u001B[K\n\u001B[K\r\u001B[3A',
    'two rows each',
  )
})

await t.test('what a guest says cannot move the cursor', async (t) => {
  const screen = new Screen()
  new LiveLines(screen).show(['a\nb\tc\u001B[2Jd\r\u0007e'])
  t.same(screen.lines, ['a b cd e'])
})
