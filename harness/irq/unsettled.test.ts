/** Which law does a settle write betray, and is an irq at rest left in peace? */
import t from 'tap'
import { irqState } from './irq-state.ts'
import { CpuMask } from './cpu-mask.ts'
import { exhibits, moveOf, withCounted, withMove } from './laws/doctoring-fixture.ts'
import type { MoveEvidence } from './move-evidence.ts'
import type { Reading } from './reading.ts'
import { unsettled } from './unsettled.ts'

const PENDING = irqState(0x1d401300)
const NOT_PENDING = irqState(0x1d401200)

/** Recorded moves: a settle write is a request with single probes after it. */
const moves = exhibits('deferred').map((exhibit) => ({ exhibit, move: moveOf(exhibit) }))
const atRest = ({ batches, written }: MoveEvidence): Reading => batches.at(-1)?.after ?? written
const changed = (reading: Reading, change: Partial<Reading>): Reading => ({ ...reading, ...change })

await t.test('an irq that moved and rests is left in peace', async (t) => {
  t.ok(moves.length > 5)
  for (const { move } of moves) {
    t.equal(unsettled(move, atRest(move)), undefined)
    t.equal(
      unsettled(move, changed(atRest(move), { state: undefined })),
      undefined,
      'where pending cannot be read it is not held against the kernel',
    )
  }
})

await t.test('effective outside of the mask is a matter of the first interrupt', async (t) => {
  for (const { move } of moves) {
    const stuck = changed(atRest(move), { effective: move.before.effective, state: PENDING })
    t.match(unsettled(move, stuck), {
      law: 'first-on-old',
      state: 'violated',
      queue: move.queue,
      irq: move.irq.number,
      move: move.id,
      sentence: /^while settling, \S+ was accepted and \d+ interrupts were counted, effective is still \d$/,
    })
  }
})

await t.test('a request that was applied and is still pending is not settled', async (t) => {
  for (const { move } of moves) {
    t.match(unsettled(move, changed(atRest(move), { state: PENDING })), {
      law: 'settled',
      state: 'violated',
      sentence: /still pending$/,
    })
    const silent = { ...move, batches: [] }
    const there = changed(move.written, { effective: move.write.requested, state: PENDING })
    t.equal(unsettled(silent, there), undefined, 'before any interrupt it may be')
    t.equal(unsettled(move, changed(atRest(move), { state: NOT_PENDING })), undefined)
  }
})

await t.test('a probe that no counter shows was not delivered, wherever the irq is', async (t) => {
  for (const { exhibit, move } of moves) {
    const deaf = moveOf(
      withMove(exhibit, (whole) => ({
        ...whole,
        batches: whole.batches.map((batch, at) => ({
          ...batch,
          after: whole.batches[0]?.after ?? batch.after,
          received: at === 0 ? batch.received : batch.received && [],
          mark: at,
        })),
      })),
    )
    for (const effective of [atRest(move).effective, CpuMask.of(3), move.before.effective]) {
      t.match(unsettled(deaf, changed(atRest(deaf), { effective })), {
        law: 'delivered',
        state: 'violated',
        sentence: /were never received/,
        numbers: { lost: deaf.batches.length - 1, probes: 1 },
      })
    }
    const counted = moveOf(withCounted(exhibit, 0, 0))
    t.equal(unsettled(counted, atRest(counted)), undefined, 'one more is not one less')
  }
})
