import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { pause } from '../base/poll.ts'
import { Progress } from './progress.ts'

const FAST = { liveMs: 5, plainMs: 60, againMs: 200 }

/** A terminal, or a file, that remembers what was written to it. */
class Paper {
  readonly isTTY: boolean
  columns: number | undefined
  readonly written: string[] = []

  constructor(columns?: number) {
    this.isTTY = columns !== undefined
    this.columns = columns
  }

  write(text: string): void {
    this.written.push(text)
  }

  /** The lines as a terminal shows them: a carriage return begins the line anew, and the rest is erased. */
  get screen(): readonly string[] {
    return this.written
      .join('')
      .split('\n')
      .map((line) => stripVTControlCharacters(line.split('\r').at(-1) ?? ''))
  }
}

await t.test('a live line is never wider than the terminal, and says what is done now', async (t) => {
  const terminal = new Paper(40)
  const progress = new Progress(terminal, { TERM: 'xterm' }, FAST)
  progress.start('deferred-move on plain')
  progress.step('starting QEMU')
  t.match(terminal.screen, [/^deferred-move on plain: starting QEMU \(/])
  progress.step(`waiting for ${'a very long name '.repeat(10)}\u001B[31m`)
  terminal.columns = 20
  progress.step('now narrower')
  terminal.columns = undefined
  progress.step(`no width known ${'x'.repeat(200)}`)
  const widths = terminal.written.map((text) => stripVTControlCharacters(text).replaceAll('\r', '').length)
  t.ok(Math.max(...widths.slice(0, 2)) <= 39, 'in 40 columns')
  t.equal(widths.at(-2), 19, 'in 20 columns')
  t.equal(widths.at(-1), 79, 'in a terminal that does not say')
  t.notOk(
    terminal.written.some((text) => text.includes('\n')),
    'one line',
  )
  t.ok(
    terminal.written.every((text) => text.startsWith('\r') && text.endsWith('\u001B[K')),
    'each in one write that leaves nothing of the one before',
  )
  progress.end()
  t.same(terminal.screen, [''], 'and it goes without a trace')
})

await t.test('its clock goes on while nothing is told', async (t) => {
  const terminal = new Paper(80)
  const progress = new Progress(terminal, { TERM: 'xterm' }, FAST)
  progress.start('boot')
  progress.step('waiting')
  await pause(350)
  progress.end()
  const told = terminal.written.length
  const seconds = terminal.written.map((text) => /\((\d+\.\d) s\)/.exec(text)?.[1])
  t.ok(seconds.includes('0.0') && seconds.includes('0.2'), String(seconds))
  t.ok(told < 12, 'nothing is written twice')
  await pause(50)
  t.equal(terminal.written.length, told, 'and stops at the end')
})

await t.test('a line that stays is above the live one', async (t) => {
  const terminal = new Paper(80)
  const progress = new Progress(terminal, { TERM: 'xterm' }, FAST)
  progress.start('setting up')
  progress.step('fetching')
  progress.line('micro guest: fetching busybox')
  t.match(terminal.screen, ['micro guest: fetching busybox', /^setting up: fetching \(/])
  progress.end()
  progress.line('done')
  t.same(terminal.screen, ['micro guest: fetching busybox', 'done', ''])
})

await t.test(
  'elsewhere there are plain lines: what lasts, at most one a second, and nothing twice',
  async (t) => {
    for (const paper of [new Paper(), Object.assign(new Paper(80), { dumb: true })]) {
      const progress = new Progress(paper, { TERM: 'dumb' }, FAST)
      progress.start('boot')
      progress.step('one')
      progress.step('two')
      t.same(paper.written, [], 'not at once')
      await pause(150)
      t.match(paper.screen, [/^boot: two \(\d\.\d s\)$/, ''], 'what lasts is told, and once')
      progress.step('three')
      t.match(paper.screen, [/two/, /^boot: three/, ''])
      progress.step('four')
      progress.step('five')
      t.equal(paper.written.length, 2)
      progress.line('a line')
      progress.end()
      t.match(paper.screen, [/two/, /three/, 'a line', ''])
      t.notMatch(paper.written.join('').replaceAll('\n', ''), /\p{Cc}/u, 'nothing for a terminal')
    }
  },
)

await t.test('what lasts very long is told again', async (t) => {
  const paper = new Paper()
  const progress = new Progress(paper, {}, FAST)
  progress.start('fetching a kernel')
  await pause(450)
  progress.end()
  t.match(paper.screen, [/^fetching a kernel \(0/, /^fetching a kernel \(0/])
  t.ok(paper.written.length <= 3, 'but not all the time')
})
