/** What did one kernel come to in one scenario on one machine, all its runs and attempts taken together? Pure. */
import { grouped } from '../base/grouped.ts'
import { LAW_NAMES, type LawName } from '../irq/laws/law-names.ts'
import type { VerdictState } from '../irq/verdict.ts'
import type { RunRecord } from '../record/run-record.ts'

/**
 * How far the kernel came. `reached`: verdicts, and no fault. `faulted`: verdicts, and a fault (a WARN), declared or not. `crashed`: a fault
 * and no verdict. `lost`: no verdict, twice, and nothing of the host's to explain it. `open`: we cannot tell. `skipped`:
 * a need unmet, so nothing was asked.
 */
export type Arrival = 'reached' | 'faulted' | 'crashed' | 'lost' | 'open' | 'skipped'

/** How often a law was found in each state. */
export type Tally = Readonly<Record<VerdictState, number>>

/** One law on one side. */
export interface LawSide {
  readonly state: VerdictState
  readonly tally: Tally
  /** What was seen where it is at its worst, such as `input.0 (irq 28): ...`. */
  readonly sentence: string
}

/** One kernel in one scenario on one machine. */
export interface Side {
  readonly arrival: Arrival
  /** The stage of the last attempt that did not arrive, such as `boot.ssh`; absent when all arrived. */
  readonly stage?: string
  /** Why it did not arrive. */
  readonly reason?: string
  readonly laws: ReadonlyMap<LawName, LawSide>
  /** Runs, whatever number of attempts each had. */
  readonly runs: number
}

/** Stages at which no kernel is to blame: this machine, our own code, or a host that had no time for the guest. */
const NOT_THE_KERNELS =
  /^(host|image|results|scenario\.load|evidence|cleanup|bug|unknown|starved|disturbed|qemu)\b/

/** What a verdict is worth: one from a starved guest or a disturbed window accuses nobody. */
const NOT_BELIEVED: ReadonlySet<string | undefined> = new Set(['starved', 'disturbed'])

/** Worst last: what one run came to may be better than what another did. */
const ARRIVALS: readonly Arrival[] = ['skipped', 'reached', 'open', 'faulted', 'lost', 'crashed']

/** The side from all its attempts, in the order in which they were made. */
export function sideOf(attempts: readonly RunRecord[]): Side {
  const runs = [...grouped(attempts, ({ run }) => run).values()]
  const ends = runs.map((run) => ({ arrival: arrivalOf(run), last: run.at(-1) }))
  const worst = ends.toSorted((a, b) => ARRIVALS.indexOf(b.arrival) - ARRIVALS.indexOf(a.arrival))[0]
  const arrival = worst?.arrival ?? 'open'
  const last = worst?.last
  const lasts = runs.flatMap((run) => run.at(-1) ?? [])
  return {
    arrival,
    ...(arrival === 'reached' || last === undefined
      ? {}
      : { ...(last.stage === undefined ? {} : { stage: last.stage }), reason: last.reason }),
    laws: lawsOf(lasts),
    runs: runs.length,
  }
}

/** Where one run ended, from all its attempts. */
function arrivalOf(attempts: readonly RunRecord[]): Arrival {
  const last = attempts.at(-1)
  if (last === undefined) return 'open'
  if (last.outcome === 'skip') return 'skipped'
  if (last.outcome === 'fail' && last.stage === 'kernel') {
    return last.verdicts.length > 0 ? 'faulted' : 'crashed'
  }
  if (last.verdicts.length > 0) return last.messages === undefined ? 'reached' : 'faulted'
  return attempts.length > 1 && attempts.every(isWithoutVerdict) ? 'lost' : 'open'
}

/** Broken before any verdict, at a stage to which a kernel can bring a run. */
function isWithoutVerdict({ outcome, verdicts, stage }: RunRecord): boolean {
  return outcome === 'broken' && verdicts.length === 0 && !NOT_THE_KERNELS.test(stage ?? 'unknown')
}

function lawsOf(records: readonly RunRecord[]): ReadonlyMap<LawName, LawSide> {
  const laws = new Map<LawName, LawSide>()
  for (const law of LAW_NAMES) {
    const seen = records.flatMap((record) =>
      record.verdicts
        .filter((verdict) => verdict.law === law)
        .map((verdict) => ({ ...verdict, state: believed(verdict.state, record.stage) })),
    )
    const [first] = seen
    if (first === undefined) continue
    const worst =
      seen.find(({ state }) => state === 'violated') ??
      seen.find(({ state }) => state === 'unproven') ??
      first
    const count = (state: VerdictState) => seen.filter((verdict) => verdict.state === state).length
    laws.set(law, {
      state: worst.state,
      tally: { held: count('held'), violated: count('violated'), unproven: count('unproven') },
      sentence: `${worst.queue} (irq ${worst.irq}): ${worst.sentence}`,
    })
  }
  return laws
}

function believed(state: VerdictState, stage: string | undefined): VerdictState {
  return state === 'violated' && NOT_BELIEVED.has(stage) ? 'unproven' : state
}
