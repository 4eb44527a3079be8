/** Two laws over all moves of an MSI: how often its message is written, for one that can be masked and one that cannot. */
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** One move of the irq as the hardware saw it. */
interface Rewrite {
  readonly update: TraceEvent
  /** pci_msi_domain_write_msg between this move and the next one. */
  readonly messages: readonly TraceEvent[]
}

/**
 * An entry that is masked cannot send half a message: one write is enough, and the comment in
 * arch/x86/kernel/apic/msi.c:msi_set_affinity says so ("Direct update is possible when the MSI is maskable", 5.10 to 7.3).
 */
export const messageOnce: Law = {
  name: 'message-once',
  wording: 'the message of an MSI that can be masked is written once for each move',
  judge(input: LawInput): Finding {
    const moves = rewritesOf(input)
    const numbers = numbersOf(moves)
    const silent = moves.find(({ messages }) => messages.length === 0)
    const twice = moves.filter(({ messages }) => messages.length > 1)
    const [first] = twice
    if (first !== undefined) {
      return violated(
        `${twice.length} of ${moves.length} moves wrote the message more than once: ${describe(first)}`,
        numbers,
      )
    }
    if (!moves.some(changesBoth))
      return unproven('no move changed both CPU and vector: one write is always enough then', numbers)
    if (silent !== undefined)
      return unproven(`the trace shows no message for the move to ${target(silent)}`, numbers)
    return held(`${moves.length} moves, one message each`, numbers)
  },
}

/**
 * Address and data are written one after the other, and without a mask bit the device may send in between: a message made of
 * both halves. So the new vector comes first, still on the old CPU, and then the new CPU (6f1a4891a592, v5.6).
 */
export const messageByWay: Law = {
  name: 'message-by-way',
  wording:
    'the message of an MSI that cannot be masked never changes CPU and vector in one write: the old CPU gets the new vector first',
  judge(input: LawInput): Finding {
    const moves = rewritesOf(input)
    const numbers = numbersOf(moves)
    const both = moves.filter(changesBoth)
    const torn = both.filter((move) => !goesByWay(move))
    const [first] = torn
    if (first?.messages.length === 0)
      return unproven(`the trace shows no message for the move to ${target(first)}`, numbers)
    if (first !== undefined) {
      return violated(
        `${torn.length} of ${both.length} moves changed CPU and vector in one write: ${describe(first)}`,
        numbers,
      )
    }
    if (both.length === 0) return unproven('no move changed both CPU and vector', numbers)
    return held(`${both.length} moves changed CPU and vector, each by way of the old CPU`, numbers)
  },
}

function rewritesOf({ run, move }: LawInput): readonly Rewrite[] {
  const irq = String(move.irq.number)
  const own = run.trace.events.filter(({ fields }) => fields['irq'] === irq)
  const updates = own.filter(({ name, fields }) => name === 'vector_update' && fields['prev_vector'] !== '0')
  return updates.map((update, at) => {
    const next = updates[at + 1]?.index ?? Infinity
    const messages = own.filter(
      ({ name, index }) => name === 'message' && index > update.index && index < next,
    )
    return { update, messages }
  })
}

function changesBoth({ update: { fields } }: Rewrite): boolean {
  return fields['cpu'] !== fields['prev_cpu'] && fields['vector'] !== fields['prev_vector']
}

/** Same vector (data), first to one CPU (address), then to another. */
function goesByWay({ messages }: Rewrite): boolean {
  const [first, second] = messages
  return (
    messages.length === 2 &&
    first?.fields['data'] === second?.fields['data'] &&
    first?.fields['lo'] !== second?.fields['lo']
  )
}

function numbersOf(moves: readonly Rewrite[]): Readonly<Record<string, number>> {
  return {
    moves: moves.length,
    changedBoth: moves.filter(changesBoth).length,
    messages: moves.reduce((sum, { messages }) => sum + messages.length, 0),
  }
}

function target({ update: { fields } }: Rewrite): string {
  return `CPU ${fields['cpu']} vector ${fields['vector']}`
}

function describe({ update, messages }: Rewrite): string {
  const { fields } = update
  const written = messages
    .map((event) => `address ${event.fields['lo']} data ${event.fields['data']}`)
    .join(', then ')
  return `CPU ${fields['prev_cpu']} vector ${fields['prev_vector']} to CPU ${fields['cpu']} vector ${fields['vector']} wrote ${written}`
}
