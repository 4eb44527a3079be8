import t from 'tap'
import { CpuMask } from './cpu-mask.ts'
import { onlineAt } from './online-cpus.ts'
import { parseTraceEntry } from './trace-event.ts'

/** A run of four CPUs with these marks, a second apart, from index 0 on. */
function runWith(...marks: readonly string[]) {
  const events = marks.flatMap((mark, index) => {
    const entry = parseTraceEntry(`  sh-7  [000] ..... ${index}.000000: tracing_mark_write: irqlab ${mark}`)
    return entry === undefined ? [] : [{ ...entry, index }]
  })
  const trace = {
    events,
    lostEvents: false,
    strayStacks: 0,
    entriesInBuffer: events.length,
    entriesWritten: events.length,
  }
  return { onlineCpus: CpuMask.of(0, 1, 2, 3), trace }
}

await t.test('a CPU goes when the act is over, and comes back likewise', async (t) => {
  const run = runWith('offline cpu=3', 'offlined cpu=3 status=0', 'online cpu=3', 'onlined cpu=3 status=0')
  t.same(
    [0, 1, 2, 3, 4].map((index) => onlineAt(run, index).toList()),
    ['0-3', '0-3', '0-2', '0-2', '0-3'],
  )
})

await t.test('a CPU that was plugged in is one more', async (t) => {
  t.equal(onlineAt(runWith('online cpu=4', 'onlined cpu=4 status=0'), 9).toList(), '0-4')
})

await t.test('what was refused changed nothing', async (t) => {
  t.equal(onlineAt(runWith('offline cpu=0', 'offlined cpu=0 status=1'), 9).toList(), '0-3')
})
