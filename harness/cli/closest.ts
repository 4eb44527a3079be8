/** What was probably meant by a name that does not exist. */
import { distance } from 'fastest-levenshtein'

const DISTANCE_MAX = 3

/** `; did you mean "deferred-move"?`, or nothing when no name is near. */
export function closest(name: string, known: readonly string[]): string {
  const near = known
    .map((candidate) => ({ candidate, away: distance(name, candidate) }))
    .filter(({ away, candidate }) => away <= DISTANCE_MAX || candidate.startsWith(name))
    .sort((a, b) => a.away - b.away)[0]
  return near === undefined || name === '' ? '' : `; did you mean ${JSON.stringify(near.candidate)}?`
}
