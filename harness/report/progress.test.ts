import t from 'tap'
import { pause } from '../base/poll.ts'
import { Progress } from './progress.ts'
import { Screen } from './screen-fixture.ts'

const FAST = { liveMs: 5, plainMs: 60, againMs: 200 }
const XTERM = { TERM: 'xterm' }

/** A file that remembers what was written to it. */
class Paper {
  readonly isTTY: boolean
  readonly written: string[] = []

  constructor(isTTY = false) {
    this.isTTY = isTTY
  }

  write(text: string): void {
    this.written.push(text)
  }

  get lines(): readonly string[] {
    return this.written.join('').split('\n')
  }
}

await t.test('a live line says what is done now; of a long one the time is never cut', async (t) => {
  const screen = new Screen(42)
  const progress = new Progress(screen, XTERM, FAST)
  const activity = progress.start('deferred-move on plain')
  t.match(screen.lines, [/^deferred-move on plain \(\d\.\d s\)$/])
  activity.step('starting')
  t.match(screen.lines, [/^deferred-move on plain: starting \(\d\.\d s\)$/])
  activity.step(`waiting for ${'a very long name '.repeat(10)}\u001B[31m`)
  t.match(screen.lines, [/^deferred-move on plain: waitin\.{3} \(\d\.\d s\)$/])
  t.equal(screen.lines[0]?.length, 41)
  screen.columns = 20
  activity.step('now narrower')
  t.match(screen.lines.at(-1), /^deferred\.{3} \(\d\.\d s\)$/)
  progress.finish(activity)
  progress.end()
  t.equal(screen.lines.at(-1), '', 'and it goes')
})

await t.test('its clock goes on while nothing is told', async (t) => {
  const screen = new Screen()
  const progress = new Progress(screen, XTERM, FAST)
  progress.start('boot').step('waiting')
  await pause(350)
  progress.end()
  const told = screen.written.length
  const seconds = screen.written.map((text) => /\((\d+\.\d) s\)/.exec(text)?.[1])
  t.ok(seconds.includes('0.0') && seconds.includes('0.2'), String(seconds))
  t.ok(told < 12, 'nothing is written twice')
  await pause(50)
  t.equal(screen.written.length, told, 'and stops at the end')
  progress.start('again')
  await pause(250)
  progress.end()
  t.ok(screen.written.length > told + 2, 'and goes on with the next')
})

await t.test('several at once: a line for each, the totals below, what stays above', async (t) => {
  const screen = new Screen(60, 10)
  const progress = new Progress(screen, XTERM, FAST)
  let done = 0
  progress.showTotals(() => `${done} of 3 done`)
  const [first, second] = [progress.start('one'), progress.start('two')]
  second.step('booting')
  t.match(screen.lines, [/^one \(\d s\)$/, /^two: booting \(\d s\)$/, /^0 of 3 done$/])
  done = 1
  progress.finish(first, () => screen.write('✓ one\n  and its table\n'))
  t.match(screen.lines, ['✓ one', '  and its table', /^two: booting \(\d\.\d s\)$/, '1 of 3 done'])
  progress.start('three')
  progress.line('a line')
  t.match(screen.lines.slice(2), ['a line', /^two: booting \(/, /^three \(/, '1 of 3 done'])
  progress.finish(first)
  first.step('too late')
  t.equal(screen.lines.length, 6, 'what is over is not shown again')
  progress.end()
  progress.line('the end')
  second.step('too late')
  t.same(screen.lines, ['✓ one', '  and its table', 'a line', 'the end', ''])
})

await t.test('more than the terminal has lines: the rest is a number', async (t) => {
  const screen = new Screen(40, 5)
  const progress = new Progress(screen, XTERM, { ...FAST, liveMs: 10_000 })
  const starts = [1, 2, 3, 4].map((at) => progress.start(`run ${at}`))
  t.match(screen.lines, [/^run 1 /, /^run 2 /, /^run 3 /, /^run 4 /], 'they fit just so')
  progress.showTotals(() => '0 of 9 done')
  starts[0]?.step('x')
  t.match(screen.lines, [/^run 1: x /, /^run 2 /, '... and 2 more', '0 of 9 done'])
  screen.rows = 2
  const small = new Screen(40, 2)
  const crowded = new Progress(small, XTERM, FAST)
  crowded.showTotals(() => '0 of 9 done')
  for (const title of ['a', 'b', 'c']) crowded.start(title)
  t.same(small.lines, ['0 of 9 done'])
  progress.end()
  crowded.end()
})

await t.test(
  'elsewhere there are plain lines: what lasts, at most one a second, nothing twice',
  async (t) => {
    for (const paper of [new Paper(), new Paper(true)]) {
      const progress = new Progress(paper, { TERM: 'dumb' }, FAST)
      progress.showTotals(() => 'never seen')
      const activity = progress.start('boot')
      activity.step('one')
      activity.step('two')
      t.same(paper.written, [], 'not at once')
      await pause(150)
      t.match(paper.lines, [/^boot: two \(\d\.\d s\)$/, ''], 'what lasts is told, and once')
      activity.step('three')
      t.match(paper.lines, [/two/, /^boot: three/, ''])
      activity.step('four')
      activity.step('five')
      t.equal(paper.written.length, 2)
      progress.line('a line')
      progress.end()
      t.match(paper.lines, [/two/, /three/, 'a line', ''])
      t.notMatch(paper.written.join('').replaceAll('\n', ''), /\p{Cc}/u, 'nothing for a terminal')
    }
  },
)

await t.test('and each thing has its own', async (t) => {
  const paper = new Paper()
  const progress = new Progress(paper, {}, FAST)
  const [first, second] = [progress.start('[1/2] a'), progress.start('[2/2] b')]
  await pause(150)
  t.same(paper.lines.map((line) => line.replace(/ \(.*/, '')).sort(), ['', '[1/2] a', '[2/2] b'])
  first.step('x')
  second.step('y')
  progress.finish(first, () => paper.write('✓ a\n'))
  await pause(150)
  progress.end()
  const [, , ...more] = paper.lines.map((line) => line.replace(/ \(.*/, ''))
  t.same(more, ['[1/2] a: x', '[2/2] b: y', '✓ a', ''])
})

await t.test('what lasts very long is told again', async (t) => {
  const paper = new Paper()
  const progress = new Progress(paper, {}, FAST)
  progress.start('fetching a kernel')
  await pause(450)
  progress.end()
  t.match(paper.lines, [/^fetching a kernel \(0/, /^fetching a kernel \(0/])
  t.ok(paper.written.length <= 3, 'but not all the time')
})
