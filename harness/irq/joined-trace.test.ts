import t from 'tap'
import { joinTraces } from './joined-trace.ts'
import { parseTrace } from './trace.ts'

const section = (lines: readonly string[], lost = 0) =>
  [
    '# tracer: nop',
    '#',
    `# entries-in-buffer/entries-written: ${lines.length}/${lines.length + lost}   #P:4`,
    '#',
    '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
    '#              | |         |   |||||     |         |',
    ...lines,
    '',
  ].join('\n')
const line = (ms: number, text: string) =>
  `              sh-190     [000] .....    11.${String(ms).padStart(6, '0')}: tracing_mark_write: ${text}`

await t.test('sections become one trace, in their order', async (t) => {
  const whole = parseTrace(
    joinTraces([section([line(1, 'a'), line(2, 'b')]), section([line(3, 'c')]), section([])]),
  )
  t.same(
    whole.events.map(({ text }) => text),
    ['a', 'b', 'c'],
  )
  t.match(whole, { lostEvents: false, entriesInBuffer: 3, entriesWritten: 3 })
})

await t.test('what one section lost, the whole has lost', async (t) => {
  t.match(parseTrace(joinTraces([section([line(1, 'a')]), section([line(3, 'c')], 2)])), { lostEvents: true })
  const cut = section([line(3, 'c')]).replace('CPU#', 'CPU:1 [LOST 12 EVENTS]\nCPU#')
  t.throws(
    () => parseTrace(joinTraces([section([]), cut])),
    { name: 'MalformedText' },
    'and nothing is smoothed over',
  )
  const lost = section([line(3, 'c')]).replace(/(?= {14}sh)/, 'CPU:1 [LOST 12 EVENTS]\n')
  t.match(parseTrace(joinTraces([section([]), lost])), { lostEvents: true })
  const late = section([line(3, 'c')]).replace(/(?= {14}sh)/, '##### CPU 1 buffer started ####\n')
  t.match(parseTrace(joinTraces([section([]), late])), { lostEvents: true })
})

await t.test('one section stays as it is, and one without a header is none', async (t) => {
  const only = section([line(1, 'a')])
  t.equal(joinTraces([only]), only)
  t.throws(() => joinTraces([only, 'cat: read error\n']), { name: 'MalformedText' })
})
