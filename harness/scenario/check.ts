/** What a scenario claims of its moves. Claims are collected; they are judged when the trace has been read. */
import { NotApplicable } from '../base/errors.ts'
import type { BookName } from '../irq/laws/books.ts'
import type { Move } from './move.ts'

/** A move, and the laws that it is claimed to obey. */
export interface Claim {
  readonly move: Move
  readonly book: BookName
}

/** The claims that can be made of one move. */
export interface MoveChecks {
  /**
   * The kernel moved the irq when and where it should have: by the laws that were predicted for its irqchip.
   * Throws `NotApplicable` when it is one that we do not know: no law of moving may be applied to it.
   */
  moved(): void
  /**
   * The request was overwritten before anything fired, and never took effect; with remapping it took effect at once.
   * Throws `NotApplicable` for an irqchip that we do not know, as do all claims that depend on it.
   */
  replaced(): void
  /** The request names the CPU that the irq is on: nothing moved. */
  stayed(): void
  /** Several CPUs were asked for: the irq went to the one that has most vectors left. */
  wentWhereMostIsLeft(): void
  /** The request was made before the last move was over: it was kept, and made when that one was cleaned up. */
  movedAfterCleanup(): void
  /** The request was pending when the CPU of the irq went offline: it was made then, with no interrupt. */
  movedOffline(): void
  /**
   * The irq fires when its driver likes: it moved in its first interrupt, and if none came, not at all; with remapping
   * in the write.
   */
  movedIfItFired(): void
  /** User space may not move this irq: after the refused write it fires where it fired before. */
  unmoved(): void
  /** The last CPU of the request went offline during the hold: the mask before it counts again, or all online CPUs. */
  fellBack(): void
  /** The CPU of the irq went offline, and no other of its mask has a vector left: it moves to another one all the same. */
  movedAnyway(): void
  /**
   * No CPU of the request has a vector left. Without remapping it is lost at the next interrupt, with remapping the write is
   * refused. Throws `NotApplicable` for an irqchip that we do not know.
   */
  foundNoVector(): void
  /** Over the whole run, every vector that this irq left was given back: one that is in use remains. */
  vectorsGivenBack(): void
  /** Written while the irq had no handler: the mask decides, and nothing older comes back with the next handler. */
  lastWord(): void
  /** The first write after the driver was bound again: the irq knew nothing of its predecessor, only what the driver wrote. */
  startedAnew(): void
  /** Over the whole run, each move of this MSI wrote its message as `maskable` allows: once, or by way of the old CPU. */
  messages(device: { readonly maskable: boolean }): void
  /** Packets came without an interrupt, and moved nothing; the first interrupt did, or with remapping the write had. */
  movedByInterruptAlone(): void
  /** Over the whole run, under load: each request moved the irq at most once, and nothing was lost or came out of order. */
  keptUnderLoad(): void
  /** User space may not move this irq: the write is refused with EPERM. */
  forbidden(): void
  /** A text that `write` wrote is taken as the CPUs that it names, or refused as it should be. */
  understood(): void
  /** This is the first write to the irq: before it the irq was where new irqs start, or where its driver's hint took it. */
  started(): void
}

/** Begins a claim: `check(move).moved()`. */
export interface Check {
  (move: Move): MoveChecks
  /** Claims nothing of a single move: what always holds (irq/laws/always.ts) is all that the scenario asks. */
  always(): void
}

/** A `check` that puts its claims into the list; `onAlways` hears of the claim that is of no move. */
export function claimsInto(claims: Claim[], onAlways: () => void = () => undefined): Check {
  return Object.assign(claimsOf(claims), { always: onAlways })
}

function claimsOf(claims: Claim[]): (move: Move) => MoveChecks {
  return (move) => ({
    moved: () => {
      claims.push({ move, book: byPrediction(move, 'deferred', 'immediate') })
    },
    startedAnew: () => {
      claims.push({ move, book: 'started-anew' })
    },
    replaced: () => {
      claims.push({ move, book: byPrediction(move, 'replaced', 'replaced-at-once') })
    },
    stayed: () => {
      claims.push({ move, book: byPrediction(move, 'stayed', 'stayed-at-once') })
    },
    wentWhereMostIsLeft: () => {
      claims.push({ move, book: 'roomiest' })
    },
    movedAfterCleanup: () => {
      claims.push({ move, book: byPrediction(move, 'busy', 'busy-at-once') })
    },
    movedOffline: () => {
      claims.push({ move, book: 'offline' })
    },
    movedIfItFired: () => {
      claims.push({ move, book: byPrediction(move, 'at-will', 'at-will-at-once') })
    },
    unmoved: () => {
      claims.push({ move, book: 'unmoved' })
    },
    fellBack: () => {
      claims.push({ move, book: 'fell-back' })
    },
    movedAnyway: () => {
      claims.push({ move, book: 'crowded-out' })
    },
    foundNoVector: () => {
      claims.push({ move, book: byPrediction(move, 'dropped', 'refused') })
    },
    vectorsGivenBack: () => {
      claims.push({ move, book: 'given-back' })
    },
    lastWord: () => {
      claims.push({ move, book: 'last-word' })
    },
    messages: ({ maskable }) => {
      claims.push({ move, book: maskable ? 'maskable' : 'unmaskable' })
    },
    movedByInterruptAlone: () => {
      claims.push({ move, book: byPrediction(move, 'polled', 'polled-at-once') })
    },
    keptUnderLoad: () => {
      claims.push({ move, book: 'load' })
    },
    forbidden: () => {
      claims.push({ move, book: 'forbidden' })
    },
    understood: () => {
      claims.push({ move, book: 'input' })
    },
    started: () => {
      claims.push({ move, book: 'untouched' })
    },
  })
}

/** Of an irq that waits for an interrupt, or of one that moves at the write. Throws `NotApplicable` when neither is known. */
function byPrediction(move: Move, deferred: BookName, immediate: BookName): BookName {
  const { kind, why } = move.prediction
  if (kind === 'unknown') throw new NotApplicable('a known irqchip', why)
  return kind === 'deferred' ? deferred : immediate
}
