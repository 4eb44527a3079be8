/** From evidence to verdicts: every general law, asked of every irq under test. Pure. */
import { actsIn } from './act-markers.ts'
import { wrote } from './disturbance.ts'
import type { IrqEvidence } from './irq-evidence.ts'
import { type IrqHistory, irqHistory } from './irq-history.ts'
import { ALWAYS } from './laws/always.ts'
import type { RunEvidence } from './move-evidence.ts'
import { requestCalls } from './request-calls.ts'
import { type Finding, unproven, type Verdict } from './verdict.ts'

/** The verdicts of a run that was closed. Throws `Trouble` when readings cannot be compared at all. */
export function judgeAlways(run: RunEvidence): readonly Verdict[] {
  return run.irqs.flatMap((irq) => judgeIrq(run, irq))
}

function judgeIrq(run: RunEvidence, irq: IrqEvidence): readonly Verdict[] {
  const history = irqHistory(run, irq)
  const spoilt = unseenIn(run, history)
  return ALWAYS.flatMap((law) => {
    const own = spoilt ?? law.judge({ run, irq, history })
    const finding = own === undefined ? undefined : byStranger(own, run, irq.irq.number)
    return finding === undefined
      ? []
      : [{ law: law.name, queue: irq.queue, irq: irq.irq.number, move: 0, ...finding }]
  })
}

function unseenIn({ trace }: RunEvidence, { unmarked, requests, readings }: IrqHistory): Finding | undefined {
  if (trace.lostEvents) return unproven('the trace lost events: nothing can be said of what it does not show')
  if (unmarked !== undefined)
    return unproven(`the trace does not show irqlab's own marks of reading ${unmarked.mark ?? 'without one'}`)
  // Until it returns every reading may show either state: of a request without an end no law could be violated.
  const last = readings.at(-1)?.from ?? -1
  const open = requests.find(({ event, end }) => end === Infinity && event.index < last)
  if (open !== undefined)
    return unproven(`the trace does not show that the request for ${open.words} returned`)
  return undefined
}

/** What is open because somebody else asked for a CPU while the last probes were sent, or later: who it was belongs to it. */
function byStranger(finding: Finding, run: RunEvidence, irq: number): Finding {
  if (finding.state !== 'unproven') return finding
  const closing = actsIn(run.trace, 'closing')[0]?.index ?? Infinity
  const stranger = requestCalls(run, irq).find(
    ({ isStrangers, event }) => isStrangers && event.index > closing,
  )
  if (stranger === undefined) return finding
  const disturbed = wrote(stranger.event, irq)
  return unproven(`disturbed: ${disturbed}; ${finding.sentence}`, { ...finding.numbers, disturbed })
}
