/** Had every online CPU of a request no vector left? */
import { vectorsLeft } from '../vector-room.ts'
import type { LawInput } from './law.ts'

/** What a law says when they had some, or nobody knows. */
export const ROOM_UNKNOWN = 'the trace does not show that no CPU of the request had a vector left'

/** The online CPUs of the request, as a list, when none of them had a vector left before that place in the trace. */
export function fullCpus({ run, move }: LawInput, before: number): string | undefined {
  const asked = move.write.requested.intersect(run.onlineCpus)
  return asked.size > 0 && asked.cpus.every((cpu) => vectorsLeft(run.trace, cpu, before) === 0)
    ? asked.toList()
    : undefined
}
