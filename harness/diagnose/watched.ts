/** What changed while we watched: which irq moved and when, and since when a request waits. */
import type { CpuMask } from '../irq/cpu-mask.ts'
import { type DiagnosedIrq, type Diagnosis } from './diagnose.ts'
import { lastOf } from './evidence.ts'

/** One irq, with its past as far as it was watched. */
export interface WatchedIrq {
  readonly irq: DiagnosedIrq
  /** Where it came from and how long ago, in seconds; undefined unless it moved while we watched. */
  readonly moved: { readonly from: CpuMask; readonly secondsAgo: number } | undefined
  /** How long its request has waited, in seconds; `isLonger` when it waited before we came. */
  readonly waits: { readonly seconds: number; readonly isLonger: boolean } | undefined
  /** Something is off with it, by how much. */
  readonly finding: 'bug' | 'off' | undefined
}

interface Past {
  readonly effective: CpuMask | undefined
  readonly moved: { readonly from: CpuMask; readonly atMs: number } | undefined
  readonly waiting:
    { readonly requested: string; readonly sinceMs: number; readonly isLonger: boolean } | undefined
}

/** Remembers one diagnosis after the other. */
export class Watched {
  #past = new Map<string, Past>()
  #isFirst = true

  /** Takes the next diagnosis, made at `nowMs` of any steady clock. */
  next({ irqs, findings }: Diagnosis, nowMs: number): readonly WatchedIrq[] {
    const past = new Map<string, Past>()
    const waiting = new Set<number>()
    const off = new Map<number, 'bug' | 'off'>()
    for (const { name, irq, law } of findings) {
      if (irq === undefined || QUIET_NOTES.has(name)) continue
      if (name.startsWith('pending-')) waiting.add(irq)
      if (off.get(irq) !== 'bug') off.set(irq, law === undefined ? 'off' : 'bug')
    }
    const watched = irqs
      .filter(({ action }) => action !== '')
      .map((irq): WatchedIrq => {
        // A number may be given to another irq in the meantime.
        const key = `${irq.number} ${irq.action}`
        const before = this.#past.get(key)
        const now = this.#after(before, irq, waiting.has(irq.number), nowMs)
        past.set(key, now)
        const seconds = (sinceMs: number) => Math.floor((nowMs - sinceMs) / 1000)
        return {
          irq,
          moved: now.moved && { from: now.moved.from, secondsAgo: seconds(now.moved.atMs) },
          waits: now.waiting && { seconds: seconds(now.waiting.sinceMs), isLonger: now.waiting.isLonger },
          finding: off.get(irq.number),
        }
      })
    this.#past = past
    this.#isFirst = false
    return watched
  }

  #after(before: Past | undefined, irq: DiagnosedIrq, waits: boolean, nowMs: number): Past {
    const effective = lastOf(irq.effective)
    const from = before?.effective ?? irq.effective.first
    const hasMoved = from !== undefined && effective !== undefined && !from.equals(effective)
    const requested = lastOf(irq.requested)?.toList() ?? ''
    const sameRequest = before?.waiting?.requested === requested ? before.waiting : undefined
    return {
      effective,
      moved: hasMoved ? { from, atMs: nowMs } : before?.moved,
      waiting: waits ? (sameRequest ?? { requested, sinceMs: nowMs, isLonger: this.#isFirst }) : undefined,
    }
  }
}

const QUIET_NOTES: ReadonlySet<string> = new Set(['isolated-cpu-aimed-at', 'managed-on-isolated-cpu'])
