/** In which order are runs best begun? Only for runs side by side: what is long and comes last keeps the others waiting. */

/**
 * The longest first; those that nobody has timed before these, in the order of the plan: they may be the longest.
 * Repeats stay last all the same, so that every combination is seen early; the last to end are short ones either way.
 * With one at a time the order gains nothing, and the plan's own stays.
 */
export function startOrder<Run extends { readonly repeat: number }>(
  runs: readonly Run[],
  jobs: number,
  knownMs: (run: Run) => number | undefined,
): readonly Run[] {
  if (jobs === 1) return runs
  const rank = (run: Run): number => knownMs(run) ?? Infinity
  return runs.toSorted((a, b) => {
    if (a.repeat !== b.repeat) return a.repeat - b.repeat
    // Infinity - Infinity is no number.
    return rank(a) === rank(b) ? 0 : rank(b) - rank(a)
  })
}
