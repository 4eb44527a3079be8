import t from 'tap'
import { assert } from '../base/errors.ts'
import { CpuMask } from './cpu-mask.ts'
import type { Upheaval } from './irq-history.ts'
import { isMaskLost } from './mask-lost.ts'
import { parseTraceEntry } from './trace-event.ts'

const left = (cpu: number, avl: number) =>
  `irq_matrix_alloc: bit=33 cpu=${cpu} online=1 avl=${avl} alloc=1 managed=0 online_maps=4 global_avl=7, global_rsvd=0, total_alloc=9`

function runWith(...payloads: readonly string[]) {
  const events = payloads.map((payload, index) => {
    const entry = parseTraceEntry(`  sh-251  [001] d..2.  9.${String(index).padStart(6, '0')}: ${payload}`)
    assert(entry !== undefined, payload)
    return { ...entry, index }
  })
  const count = events.length
  return {
    trace: { events, lostEvents: false, strayStacks: 0, entriesInBuffer: count, entriesWritten: count },
  }
}

const offline = (cpu: number, from: number): Upheaval => ({
  kind: 'cpu',
  verb: 'offline',
  cpu,
  from,
  to: from + 2,
})
const FULL = runWith(left(2, 1), left(2, 0), left(1, 5))
const ROOMY = runWith(left(2, 0), left(2, 1), left(1, 5))
const all = { since: 0, before: 100 }

await t.test('each of its CPUs has gone', async (t) => {
  const gone = { upheavals: [offline(2, 10), offline(3, 20)] }
  t.ok(isMaskLost(ROOMY, gone, CpuMask.of(2, 3), all))
  t.notOk(isMaskLost(ROOMY, gone, CpuMask.of(1, 2, 3), all))
  t.notOk(isMaskLost(ROOMY, gone, CpuMask.of(2, 3), { since: 0, before: 15 }), 'the other goes later')
  t.notOk(isMaskLost(ROOMY, gone, CpuMask.of(2, 3), { since: 15, before: 100 }), 'it went before the request')
})

await t.test('one has gone, and the others had no vector left', async (t) => {
  const gone = { upheavals: [offline(3, 10)] }
  t.ok(isMaskLost(FULL, gone, CpuMask.of(2, 3), all))
  t.notOk(isMaskLost(ROOMY, gone, CpuMask.of(2, 3), all), 'one was given back before')
  t.notOk(isMaskLost(FULL, gone, CpuMask.of(0, 3), all), 'nobody knows of CPU 0')
  t.notOk(isMaskLost(FULL, gone, CpuMask.of(1, 2, 3), all), 'CPU 1 had some')
  t.notOk(isMaskLost(FULL, gone, CpuMask.of(2), all), 'none of its CPUs has gone')
})
