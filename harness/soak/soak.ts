/** `npm run soak`: asks everything many times, with other choices each time, and sees whether the answers stay the same. */
import { grouped } from '../base/grouped.ts'
import { recordsOf } from '../cli/irqlab-child.ts'
import { runScript, tell } from '../cli/run-script.ts'
import type { RunRecord } from '../record/run-record.ts'
import { SOAK_USAGE, type SoakOptions, soakOptions } from './options.ts'
import { exitCodeOf, steadinessOf } from './steadiness.ts'
import { soakTable } from './table.ts'

/** Far more than a round takes; with --soak its length is the user's own choice. */
const ROUND_LIMIT_MS = 24 * 60 * 60_000

await runScript({ name: 'soak', usage: SOAK_USAGE, options: soakOptions, main })

async function main(options: SoakOptions, signal: AbortSignal): Promise<number> {
  const rounds: (readonly RunRecord[])[] = []
  try {
    for (let round = 1; round <= options.rounds; round++) {
      const seed = options.seed + round - 1
      const records = await recordsOf([...options.words, `--seed=${seed}`], {
        limitMs: ROUND_LIMIT_MS,
        signal,
        stage: 'soak.run',
      })
      rounds.push(records)
      tell(`[${round}/${options.rounds}] seed ${seed}: ${wordsOf(records)}`)
    }
  } finally {
    // What was seen until a signal came is worth as much.
    const steadiness = steadinessOf(rounds)
    if (rounds.length > 0) process.stdout.write(soakTable(steadiness))
  }
  return exitCodeOf(steadinessOf(rounds))
}

function wordsOf(records: readonly RunRecord[]): string {
  const counts = grouped(records, ({ outcome }) => outcome)
  return [...counts].map(([outcome, same]) => `${same.length} ${outcome}`).join(', ')
}
