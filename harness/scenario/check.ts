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
  /** The request was overwritten before anything fired, and never took effect. */
  replaced(): void
  /** The request names the CPU that the irq is on: nothing moved. */
  stayed(): void
  /** The request was made before the last move was over: it was kept, and made when that one was cleaned up. */
  movedAfterCleanup(): void
  /** The request was pending when the CPU of the irq went offline: it was made then, with no interrupt. */
  movedOffline(): void
  /** The irq fires when its driver likes: it moved in its first interrupt, and if none came, not at all. */
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
  /** Packets came without an interrupt, and moved nothing; the first interrupt did. */
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
export type Check = (move: Move) => MoveChecks

/** A `check` that puts its claims into the list. */
export function claimsInto(claims: Claim[]): Check {
  return (move) => ({
    moved: () => {
      const { kind, why } = move.prediction
      if (kind === 'unknown') throw new NotApplicable('a known irqchip', why)
      claims.push({ move, book: kind })
    },
    startedAnew: () => {
      claims.push({ move, book: 'started-anew' })
    },
    replaced: () => {
      claims.push({ move, book: 'replaced' })
    },
    stayed: () => {
      claims.push({ move, book: 'stayed' })
    },
    movedAfterCleanup: () => {
      claims.push({ move, book: 'busy' })
    },
    movedOffline: () => {
      claims.push({ move, book: 'offline' })
    },
    movedIfItFired: () => {
      claims.push({ move, book: 'at-will' })
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
      const { kind, why } = move.prediction
      if (kind === 'unknown') throw new NotApplicable('a known irqchip', why)
      claims.push({ move, book: kind === 'deferred' ? 'dropped' : 'refused' })
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
      claims.push({ move, book: 'polled' })
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
