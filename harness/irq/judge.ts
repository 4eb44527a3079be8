/** From evidence to verdicts: every law of a book, asked of one move. Pure; a record can be judged again next year. */
import { disturbance } from './disturbance.ts'
import { type BookName, LAW_BOOKS } from './laws/books.ts'
import type { MoveEvidence, RunEvidence } from './move-evidence.ts'
import { moveTrace } from './move-trace.ts'
import { type Finding, unproven, type Verdict } from './verdict.ts'

/** One verdict for each law of the book. Throws `Trouble` when readings cannot be compared at all. */
export function judge(run: RunEvidence, move: MoveEvidence, book: BookName): readonly Verdict[] {
  const trace = moveTrace(run, move)
  const spoilt = spoiltBy(run, disturbance(move, trace))
  return LAW_BOOKS[book].map((law) => {
    const finding = spoilt ?? law.judge({ run, move, trace })
    return { law: law.name, queue: move.queue, irq: move.irq.number, ...finding }
  })
}

function spoiltBy(run: RunEvidence, disturbed: string | undefined): Finding | undefined {
  if (run.trace.lostEvents)
    return unproven('the trace lost events: nothing can be said of what it does not show')
  if (disturbed !== undefined) return unproven(`disturbed: ${disturbed}`, { disturbed })
  return undefined
}
