/** `npm run soak`: asks everything many times, with other choices each time, and sees whether the answers stay the same. */
import { Interrupted, messageOf, Trouble, UsageError } from '../base/errors.ts'
import { grouped } from '../base/grouped.ts'
import { recordsOf } from '../cli/irqlab-child.ts'
import type { RunRecord } from '../record/run-record.ts'
import { SOAK_USAGE, type SoakOptions, soakOptions } from './options.ts'
import { exitCodeOf, steadinessOf } from './steadiness.ts'
import { soakTable } from './table.ts'

const SIGNALS = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const
/** Far more than a round takes; with --soak its length is the user's own choice. */
const ROUND_LIMIT_MS = 24 * 60 * 60_000

const stop = new AbortController()
for (const [signal] of SIGNALS) process.once(signal, () => stop.abort(new Interrupted(signal)))

try {
  process.exitCode = await main(soakOptions(process.argv.slice(2)))
} catch (error) {
  process.exitCode = ending(error)
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function main(options: SoakOptions): Promise<number> {
  if (options.help) {
    process.stdout.write(SOAK_USAGE)
    return 0
  }
  const rounds: (readonly RunRecord[])[] = []
  try {
    for (let round = 1; round <= options.rounds; round++) {
      const seed = options.seed + round - 1
      const records = await recordsOf([...options.words, `--seed=${seed}`], {
        limitMs: ROUND_LIMIT_MS,
        signal: stop.signal,
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

function ending(error: unknown): number {
  if (error instanceof Interrupted) return SIGNALS.find(([name]) => name === error.signal)?.[1] ?? 130
  if (!(error instanceof UsageError || error instanceof Trouble)) throw error
  tell(`soak: ${messageOf(error)}`)
  return error instanceof UsageError ? 64 : 2
}
