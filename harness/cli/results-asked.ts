/** Asks about earlier campaigns from the command line: the directory is checked, and a person hears what takes long. */
import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { askHistory } from '../history/ask-history.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'

/** The options that every such question has. */
export interface ResultsAsked {
  readonly results?: string
  readonly rebuild?: boolean
}

/** Reading is told when it has taken so long, and again after each further while. */
const TELL_EVERY_MS = 2000

/** The directory that is meant, absolute. Throws `UsageError` when it is not there. */
export function resultsOf({ results }: ResultsAsked): string {
  const dir = resolve(results ?? DEFAULT_RESULTS)
  if (!existsSync(dir)) throw new UsageError(`--results ${dir}: there is no such directory`)
  return dir
}

/** The answer. What is not part of it goes to standard error. */
export async function askResults<Answer>(
  options: ResultsAsked,
  question: (index: DatabaseSync) => Answer,
): Promise<Answer> {
  const tell = (line: string) => process.stderr.write(`irqlab: ${line}\n`)
  let toldAt = performance.now()
  return askHistory(
    {
      results: resultsOf(options),
      ...(options.rebuild === undefined ? {} : { rebuild: options.rebuild }),
      tell,
      tellUpdate: (done, of, runs) => {
        if (performance.now() - toldAt < TELL_EVERY_MS) return
        toldAt = performance.now()
        tell(`reading records: ${done} of ${of} campaigns, ${runs} runs`)
      },
    },
    question,
  )
}

/** What could not be read, as lines for standard error: the first few by name. */
export function unreadableLines(
  unreadable: readonly { readonly path: string; readonly why: string }[],
): readonly string[] {
  const more = unreadable.length - SHOWN_MAX
  return [
    ...unreadable
      .slice(0, SHOWN_MAX)
      .map(({ path, why }) => `left out, for it cannot be read: ${path}: ${why}`),
    ...(more > 0 ? [`and ${more} more that cannot be read`] : []),
  ]
}

const SHOWN_MAX = 5
