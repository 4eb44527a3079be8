/** From evidence to verdicts: every law of a book, asked of one move. Pure; a record can be judged again next year. */
import { actsIn } from './act-markers.ts'
import { disturbance, strangersWrite } from './disturbance.ts'
import { type BookName, holdsWhoeverAsks, isWhole, LAW_BOOKS } from './laws/books.ts'
import type { Law, LawInput } from './laws/law.ts'
import type { MoveEvidence, RunEvidence } from './move-evidence.ts'
import { type MoveTrace, moveTrace } from './move-trace.ts'
import { type Finding, unproven, type Verdict } from './verdict.ts'

/** One verdict for each law of the book. Throws `Trouble` when readings cannot be compared at all. */
export function judge(whole: RunEvidence, move: MoveEvidence, book: BookName): readonly Verdict[] {
  const run = untilClosing(whole)
  const trace = moveTrace(run, move)
  const spoilt =
    unseenIn(run, trace) ??
    (isWhole(book)
      ? undefined
      : (disturbedIn(move, trace) ??
        (book === 'busy' || book === 'busy-at-once' ? undefined : tooEarly(trace))))
  return LAW_BOOKS[book].map((law) => {
    const own = spoilt ?? judgeUnlessRefused(law, { run, move, trace })
    const finding = holdsWhoeverAsks(book) ? own : unlessStrangersWrote(own, { run, move, trace })
    return { law: law.name, queue: move.queue, irq: move.irq.number, move: move.id, ...finding }
  })
}

/** What is asked of every run after its body is no part of any claim. */
function untilClosing(run: RunEvidence): RunEvidence {
  const end = actsIn(run.trace, 'body-end')[0] ?? actsIn(run.trace, 'closing')[0]
  if (end === undefined) return run
  return { ...run, trace: { ...run.trace, events: run.trace.events.slice(0, end.index + 1) } }
}

/** A refused request is the matter of law 1, and of those that ask for the refusal: the others have nothing to speak of. */
function judgeUnlessRefused(law: Law, input: LawInput): Finding {
  const { error } = input.move.write
  return error === undefined || law.ofRefusals === true
    ? law.judge(input)
    : unproven(`the write was refused: ${error}`)
}

function unseenIn(run: RunEvidence, trace: MoveTrace): Finding | undefined {
  if (run.trace.lostEvents)
    return unproven('the trace lost events: nothing can be said of what it does not show')
  if (trace.unmarked !== undefined)
    return unproven(`the trace does not show irqlab's own mark of ${trace.unmarked}`)
  return undefined
}

function disturbedIn(move: MoveEvidence, trace: MoveTrace): Finding | undefined {
  const disturbed = disturbance(move, trace)
  return disturbed === undefined ? undefined : unproven(`disturbed: ${disturbed}`, { disturbed })
}

/** Nobody can be accused of a violation that is seen after somebody else wrote to the irq. */
function unlessStrangersWrote(finding: Finding, { run, move, trace }: LawInput): Finding {
  const disturbed = finding.state === 'violated' ? strangersWrite(run, move, trace) : undefined
  if (disturbed === undefined) return finding
  return unproven(`disturbed: ${disturbed}; otherwise it would be a violation: ${finding.sentence}`, {
    ...finding.numbers,
    disturbed,
  })
}

/** The kernel may not move an irq whose previous move is not over (arch/x86/kernel/apic/vector.c, -EBUSY). */
function tooEarly(trace: MoveTrace): Finding | undefined {
  const own = trace.updates[0]?.fields
  const early = trace.freed.find(
    ({ index, fields }) =>
      index < (trace.configs[0]?.index ?? Infinity) &&
      (fields['vector'] !== own?.['prev_vector'] || fields['cpu'] !== own?.['prev_cpu']),
  )
  if (early !== undefined)
    return unproven(
      `the move before this one was not over: vector ${early.fields['vector'] ?? '?'} was still to be freed`,
    )
  return undefined
}
