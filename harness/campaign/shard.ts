/** Which runs of a plan are whose, when several runners share one campaign? Every run is in exactly one shard, of like length. */

/** One of several equal parts of a campaign: `--shard 2/4`. */
export interface Shard {
  /** The first is 1. */
  readonly index: number
  readonly of: number
}

/**
 * The runs of one shard, in the order of the plan: the longest run first, each to the shard that has the least to do by then.
 * Whoever has the same runs and weights gets the same parts, so runners need not speak with each other. With as many runs as
 * shards or more, none is empty. A weight that is no positive number counts as 1 ms.
 */
export function shardOf<Run>(
  runs: readonly Run[],
  { index, of }: Shard,
  weightMs: (run: Run) => number,
): readonly Run[] {
  const weights = runs.map((run) => {
    const ms = weightMs(run)
    return Number.isFinite(ms) && ms >= 1 ? ms : 1
  })
  const loads = Array.from({ length: of }, () => 0)
  const owners = new Map<number, number>()
  // Ties go by the place in the plan, so that nothing depends on how an engine sorts.
  const longestFirst = weights.map((ms, at) => ({ ms, at })).sort((a, b) => b.ms - a.ms || a.at - b.at)
  for (const { ms, at } of longestFirst) {
    const least = loads.indexOf(Math.min(...loads))
    loads[least] = (loads[least] ?? 0) + ms
    owners.set(at, least)
  }
  return runs.filter((_, at) => owners.get(at) === index - 1)
}
