/** What happened to an irq, in words that two kernels share: no numbers of irqs, vectors, processes or times. Pure. */
import type { MoveEvidence, RunEvidence } from './move-evidence.ts'
import { moveTrace } from './move-trace.ts'
import type { Reading } from './reading.ts'

/**
 * One line for each request of these moves and one for each batch of probes after it. How often the kernel tried is left
 * out, and which interrupt it took to move: that depends on when the old vector of the move before was freed, by an IPI up
 * to 6.5 and by a timer since.
 */
export function normalised(run: RunEvidence, queue: string): readonly string[] {
  return run.moves.filter((move) => move.queue === queue).flatMap((move) => linesOf(run, move))
}

function linesOf(run: RunEvidence, move: MoveEvidence): readonly string[] {
  const { write, written, batches } = move
  const said = write.error ?? 'accepted'
  const head = `request ${write.requested.toList()} as ${write.form}: ${said}; ${shown(written)}`
  const { configs } = moveTrace(run, move)
  const moved = configs.map(({ fields, hardirq }) => {
    const context = hardirq === true ? 'in an interrupt' : 'in the write'
    return `set to CPU ${fields['cpu'] ?? '?'} ${context}`
  })
  const probes = batches.map((batch) => {
    const received = batch.received === undefined ? '' : `, ${batch.received.length} received`
    return `  ${batch.sent.length} sent${received}: ${shown(batch.after)}`
  })
  return [head, ...moved.map((words) => `  ${words}`), ...probes]
}

function shown({ readBack, effective, state }: Reading): string {
  const pending = state === undefined ? 'pending unread' : state.pending ? 'pending' : 'not pending'
  return `${readBack.toList() || 'nothing'} reads back, effective is ${effective.toList() || 'nothing'}, ${pending}`
}
