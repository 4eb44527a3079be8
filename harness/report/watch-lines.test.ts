/** Does the live view show what moved, what waits and since when, on any size of terminal? */
import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { diagnose, type Diagnosis } from '../diagnose/diagnose.ts'
import { type DoctoredMachine, doctoredCapture } from '../diagnose/doctored-capture-fixture.ts'
import { observe } from '../diagnose/observe.ts'
import { Watched } from '../diagnose/watched.ts'
import { paletteFor } from './colour.ts'
import { FullScreen } from './full-screen.ts'
import { watchLines } from './watch-lines.ts'

const palette = paletteFor({})
const look = (machine: DoctoredMachine): Diagnosis => diagnose(observe(doctoredCapture(machine)))
const size = { what: 'this host', from: 0, columns: 120, rows: 30 }

function texts(watched: Watched, diagnosis: Diagnosis, nowMs: number, more: object = {}): readonly string[] {
  const lines = watchLines({ ...size, ...more, diagnosis, irqs: watched.next(diagnosis, nowMs) }, palette)
  return lines.map((line) => line.map(({ text }) => text).join(''))
}

const rowOf = (lines: readonly string[], irq: number) =>
  lines.find((line) => line.startsWith(`   ${irq} `)) ?? ''

await t.test('a request waits, then the irq moves and lights up, then it is quiet', async (t) => {
  const watched = new Watched()
  const waiting = look({ irqs: { 24: { requested: '2', effective: '0' } } })
  t.match(rowOf(texts(watched, waiting, 0), 24), /waits over 0 s/, 'it waited before we came')
  const later = texts(watched, waiting, 34_000)
  t.match(rowOf(later, 24), /^ +24 {2}virtio0-input.0 +2 +0 +waits over 34 s +\[-\]/)
  t.match(later[1], /^pending-and-quiet$/)
  const moved = texts(
    watched,
    look({ irqs: { 24: { requested: '2', effective: '2', fired: { 2: 5 } } } }),
    36_000,
  )
  t.match(rowOf(moved, 24), /moved from 0 +\[1.0\]/)
  t.match(moved[4], /^ +24 /, 'it comes first')
  t.equal(moved[1], 'nothing is off')
  const quiet = texts(watched, look({ irqs: { 24: { requested: '2', effective: '2' } } }), 60_000)
  t.notMatch(rowOf(quiet, 24), /moved/, 'ten seconds are enough')
})

await t.test(
  'a request that comes while we watch has its own time, and another one begins anew',
  async (t) => {
    const watched = new Watched()
    texts(watched, look({}), 0)
    const asked = (requested: string) => look({ irqs: { 24: { requested, effective: '0' } } })
    t.match(rowOf(texts(watched, asked('2'), 1000), 24), /waits 0 s/)
    t.match(rowOf(texts(watched, asked('2'), 5000), 24), /waits 4 s/)
    t.match(rowOf(texts(watched, asked('3'), 6000), 24), /waits 0 s/)
  },
)

await t.test('a move between two looks is seen, and another irq of the same number is no move', async (t) => {
  const watched = new Watched()
  texts(watched, look({}), 0)
  t.match(
    rowOf(texts(watched, look({ irqs: { 24: { requested: '1', effective: '1' } } }), 1000), 24),
    /moved from 0/,
  )
  const other = look({ irqs: { 24: { action: 'nvme9q0', requested: '3', effective: '3' } } })
  t.notMatch(rowOf(texts(watched, other, 20_000), 24), /moved/)
})

await t.test('small terminals, and scrolling', async (t) => {
  const diagnosis = look({})
  const lines = texts(new Watched(), diagnosis, 0, { rows: 7, columns: 60, from: 99 })
  t.equal(lines.length, 7)
  t.match(lines.at(-1), /^3-4 of 4 irqs in use/)
  t.match(lines[3], /\+2$/, 'CPUs that have no room are counted')
  const written: string[] = []
  const screen = new FullScreen({ columns: 20, rows: 3, write: (text: string) => written.push(text) })
  screen.draw([
    [{ text: 'a\u001B[2Jb' }, { text: 'x'.repeat(40), paint: (text) => `<${text}>` }],
    [{ text: '1' }],
    [{ text: '2' }],
    [{ text: 'not seen' }],
  ])
  screen.leave()
  screen.leave()
  screen.draw([[{ text: 'after' }]])
  t.equal(written.length, 3, 'in, one frame, out')
  t.equal(stripVTControlCharacters(written[1] ?? ''), 'a [2Jb<xxxxxxxxxxxxx>\r\n1\r\n2')
  t.equal(written[2], '\u001B[?25h\u001B[?1049l')
})
