/** How does a program of the house beside irqlab itself (bench, mutants, soak, differential) hear of signals, and end? */
import { Interrupted, messageOf, Trouble, UsageError } from '../base/errors.ts'
import { SIGNAL_NUMBERS } from './ending.ts'

/** One such program. */
export interface Script<Options extends { readonly help: boolean }> {
  /** Stands before what is said of trouble. */
  readonly name: string
  /** What `--help` prints. */
  readonly usage: string
  /** Reads the arguments. May throw `UsageError`. */
  readonly options: (args: readonly string[]) => Options
  /** Does it, until the signal is aborted, and gives the exit code. May throw `UsageError`, `Trouble` and `Interrupted`. */
  readonly main: (options: Options, signal: AbortSignal) => Promise<number>
  /** True where something may be left that node would wait for when it has thrown. */
  readonly exitsAtOnce?: true
}

/**
 * Runs it with the arguments of this process and sets its exit code: 64 for bad usage, 2 for trouble, 128 and its number for the
 * first signal, which only aborts; a second one ends at once. What nobody foresaw is thrown on.
 */
export async function runScript<Options extends { readonly help: boolean }>(
  script: Script<Options>,
): Promise<void> {
  const stop = new AbortController()
  for (const signal of Object.keys(SIGNAL_NUMBERS) as (keyof typeof SIGNAL_NUMBERS)[])
    process.once(signal, () => stop.abort(new Interrupted(signal)))
  try {
    const options = script.options(process.argv.slice(2))
    if (options.help) process.stdout.write(script.usage)
    else process.exitCode = await script.main(options, stop.signal)
  } catch (error) {
    const { exitCode, text } = endingOfScript(script.name, error)
    process.stderr.write(text)
    if (script.exitsAtOnce) process.exit(exitCode)
    process.exitCode = exitCode
  }
}

/** One line of progress, for whoever waits. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

function endingOfScript(name: string, error: unknown): { readonly exitCode: number; readonly text: string } {
  if (error instanceof Interrupted)
    return { exitCode: 128 + (SIGNAL_NUMBERS[error.signal as keyof typeof SIGNAL_NUMBERS] ?? 2), text: '' }
  const text = `${name}: ${messageOf(error)}\n`
  if (error instanceof UsageError) return { exitCode: 64, text }
  if (!(error instanceof Trouble)) throw error
  const seen = (error.console ?? []).map((line) => `  | ${line}\n`).join('')
  const remedy = error.hint === undefined ? '' : `${name}: ${error.hint}\n`
  return { exitCode: 2, text: `${text}${seen}${remedy}` }
}
