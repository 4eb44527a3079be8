/** What can the bench be told? */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../base/errors.ts'
import { wholeNumber } from '../cli/values.ts'

/** What `--help` prints. */
export const BENCH_USAGE = `usage: npm run bench:run -- [--rounds N] [--json FILE]

  --rounds N   how often each figure is measured; the median counts (default: 5)
  --json FILE  also write the figures, with every sample, to FILE
`

const ROUNDS_DEFAULT = '5'
const ROUNDS_MAX = 1000

/** The values of the options. */
export interface BenchOptions {
  readonly rounds: number
  /** Absolute; absent: no file. */
  readonly json: string | undefined
  readonly help: boolean
}

/** Reads the arguments. Throws `UsageError`. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { rounds = ROUNDS_DEFAULT, json, help = false } = valuesIn(args)
  return {
    rounds: wholeNumber('--rounds', 1, ROUNDS_MAX)(rounds),
    json: json === undefined ? undefined : place(json),
    help,
  }
}

function valuesIn(args: readonly string[]) {
  const options = { rounds: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean' } } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}

/** Checked before minutes are spent on figures that have nowhere to go. */
function place(file: string): string {
  const path = resolve(file)
  const isDirectory = (at: string) => statSync(at, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isDirectory(dirname(path)))
    throw new UsageError(`--json ${file}: there is no directory ${dirname(path)}`)
  if (file === '' || isDirectory(path)) throw new UsageError(`--json ${file}: it is a directory`)
  return path
}
