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

/** What a side is made of: of each attempt that much, from a record or from what was kept of one. */
export type Attempt = Pick<RunRecord, 'run' | 'outcome' | 'reason' | 'stage'> & {
  readonly verdicts: readonly Pick<
    RunRecord['verdicts'][number],
    'law' | 'queue' | 'irq' | 'state' | 'sentence'
  >[]
  readonly messages?: readonly unknown[] | undefined
}

/** One law on one side. */
export interface LawSide {
  readonly state: VerdictState
  readonly tally: Tally
  /** What was seen where it is at its worst, such as `input.0 (irq 28): ...`; absent where only that it held was kept. */
  readonly sentence?: string
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
export function sideOf(attempts: readonly Attempt[]): Side {
  return mergedSides([...grouped(attempts, ({ run }) => run).values()].map(sideOfRun))
}

/** The side that one run is, from all its attempts: the last one counts. */
export function sideOfRun(attempts: readonly Attempt[]): Side {
  const last = attempts.at(-1)
  const arrival = arrivalOf(attempts)
  return {
    arrival,
    ...(arrival === 'reached' || last === undefined
      ? {}
      : { ...(last.stage === undefined ? {} : { stage: last.stage }), reason: last.reason }),
    laws: last === undefined ? new Map() : lawsOf(last),
    runs: 1,
  }
}

/** Several sides as one: the worst arrival, all verdicts of each law. In the order in which they were made. */
export function mergedSides(sides: readonly Side[]): Side {
  const worst = sides.toSorted((a, b) => ARRIVALS.indexOf(b.arrival) - ARRIVALS.indexOf(a.arrival))[0]
  const laws = LAW_NAMES.flatMap((law): readonly (readonly [LawName, LawSide])[] => {
    const merged = mergedLaw(sides.flatMap((side) => side.laws.get(law) ?? []))
    return merged === undefined ? [] : [[law, merged]]
  })
  const { arrival = 'open', stage, reason } = worst ?? {}
  return {
    arrival,
    ...(stage === undefined ? {} : { stage }),
    ...(reason === undefined ? {} : { reason }),
    laws: new Map(laws),
    runs: sides.reduce((sum, { runs }) => sum + runs, 0),
  }
}

function mergedLaw(laws: readonly LawSide[]): LawSide | undefined {
  const worst = worstOf(laws)
  if (worst === undefined) return undefined
  const count = (state: VerdictState) => laws.reduce((sum, { tally }) => sum + tally[state], 0)
  return {
    ...worst,
    tally: { held: count('held'), violated: count('violated'), unproven: count('unproven') },
  }
}

function worstOf<Judged extends { readonly state: VerdictState }>(
  all: readonly Judged[],
): Judged | undefined {
  const at = (wanted: VerdictState) => all.find(({ state }) => state === wanted)
  return at('violated') ?? at('unproven') ?? all[0]
}

/** Where one run ended, from all its attempts. */
function arrivalOf(attempts: readonly Attempt[]): Arrival {
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
function isWithoutVerdict({ outcome, verdicts, stage }: Attempt): boolean {
  return outcome === 'broken' && verdicts.length === 0 && !NOT_THE_KERNELS.test(stage ?? 'unknown')
}

function lawsOf({ verdicts, stage }: Attempt): ReadonlyMap<LawName, LawSide> {
  const laws = new Map<LawName, LawSide>()
  for (const law of LAW_NAMES) {
    const seen = verdicts
      .filter((verdict) => verdict.law === law)
      .map((verdict) => ({ ...verdict, state: believed(verdict.state, stage) }))
    const worst = worstOf(seen)
    if (worst === undefined) continue
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
