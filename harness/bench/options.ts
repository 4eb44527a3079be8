/** What can the bench be told? */
import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../base/errors.ts'
import { wholeNumber } from '../cli/values.ts'
import { DEFAULT_PARTS, type Part, partLines, partsIn } from './parts.ts'

/** What `--help` prints. */
export const BENCH_USAGE = `usage: npm run bench:run -- [options]

  --only LIST    parts to measure, such as ready,verdict; or all (default: all but suite)
  --rounds N     how often each figure is measured; the median counts (default: 5)
  --campaigns N  how often pace and suite are measured (default: 1)
  --repeat N     runs of one measurement of the pace (default: 6)
  --kernel K     the kernel to measure with (default: debian:6.1)
  --markdown     print the table as docs/PERFORMANCE.md has it
  --json FILE    also write the figures, with every sample, to FILE

parts:
${partLines()
  .map((line) => `  ${line}\n`)
  .join('')}`

const ROUNDS_MAX = 1000
const REPEAT_MAX = 1000
const DEFAULT_KERNEL = 'debian:6.1'

const KNOWN = {
  only: { type: 'string' },
  rounds: { type: 'string', default: '5' },
  campaigns: { type: 'string', default: '1' },
  repeat: { type: 'string', default: '6' },
  kernel: { type: 'string', default: DEFAULT_KERNEL },
  markdown: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

/** The values of the options. */
export interface BenchOptions {
  readonly parts: readonly Part[]
  readonly rounds: number
  readonly campaigns: number
  readonly repeat: number
  /** As `irqlab run --kernel` takes it. */
  readonly kernel: string
  readonly markdown: boolean
  /** Absolute; absent: no file. */
  readonly json: string | undefined
  readonly help: boolean
}

/** Reads the arguments. Throws `UsageError`. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { only, json, rounds, campaigns, repeat, ...plain } = valuesIn(args)
  return {
    ...plain,
    parts: only === undefined ? DEFAULT_PARTS : partsIn(only),
    rounds: wholeNumber('--rounds', 1, ROUNDS_MAX)(rounds),
    campaigns: wholeNumber('--campaigns', 1, ROUNDS_MAX)(campaigns),
    repeat: wholeNumber('--repeat', 1, REPEAT_MAX)(repeat),
    json: json === undefined ? undefined : place(json),
  }
}

function valuesIn(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: KNOWN }).values
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
