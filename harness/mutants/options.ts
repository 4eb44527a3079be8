/** What can `npm run mutants` be told? */
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../base/errors.ts'
import { wholeNumber } from '../cli/values.ts'

/** What `--help` prints. */
export const MUTANTS_USAGE = `usage: npm run mutants -- [NAME...] [options]

  NAME...        mutants to judge, as --list shows them (default: all)
  --base BASE    the kernel to break, as \`irqlab kernel build --base\` takes it (default: debian-source:6.12)
  --jobs N       runs side by side, as \`irqlab run --jobs\` takes it
  --results DIR  where records and mutants.json go (default: results/)
  --again        judge what was judged before once more
  --list         print the mutants and do nothing

Exit code: 0 all caught or proven equivalent, 1 not all, 2 the kernel without a patch does not pass or something broke, 64 bad usage.
`

const JOBS_MAX = 64
const KNOWN = {
  base: { type: 'string', default: 'debian-source:6.12' },
  jobs: { type: 'string' },
  results: { type: 'string' },
  again: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** The values of the options. */
export interface MutantsOptions {
  readonly names: readonly string[]
  readonly base: string
  readonly jobs: number | undefined
  readonly results: string | undefined
  readonly again: boolean
  readonly list: boolean
  readonly help: boolean
}

/** Reads the arguments. Throws `UsageError`. */
export function mutantsOptions(args: readonly string[]): MutantsOptions {
  const { values, positionals } = parsed(args)
  const { jobs, results, ...plain } = values
  return {
    ...plain,
    names: positionals,
    results,
    jobs: jobs === undefined ? undefined : wholeNumber('--jobs', 1, JOBS_MAX)(jobs),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: KNOWN, allowPositionals: true })
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}
