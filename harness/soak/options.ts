/** What can `npm run soak` be told? */
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../base/errors.ts'
import { wholeNumber } from '../cli/values.ts'

/** What `--help` prints. */
export const SOAK_USAGE = `usage: npm run soak -- [SCENARIO...] [options]

  SCENARIO...     as \`irqlab run\` takes them (default: all but the regressions)
  --rounds N      how often everything is asked, with other choices each time (default: 20)
  --kernel K      as \`irqlab run --kernel\` takes it; may be repeated (default: debian:6.1)
  --machine M     as \`irqlab run --machine\` takes it; may be repeated
  --soak SECONDS  as \`irqlab run --soak\` takes it, in each round
  --jobs N        runs side by side, as \`irqlab run --jobs\` takes it
  --seed N        the first round's seed; each round takes the next one (default: 1)
  --timeout-scale X, --results DIR  as \`irqlab run\` takes them

Exit code: 0 every round said the same, and nothing failed; 1 a verdict changed, or a run failed; 2 a run was broken;
64 bad usage.
`

const ROUNDS_MAX = 10_000
const KNOWN = {
  rounds: { type: 'string', default: '20' },
  kernel: { type: 'string', multiple: true, default: [] as string[] },
  machine: { type: 'string', multiple: true, default: [] as string[] },
  soak: { type: 'string' },
  jobs: { type: 'string' },
  seed: { type: 'string', default: '1' },
  'timeout-scale': { type: 'string' },
  results: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const
/** Seeds of all rounds stay below that of `irqlab run`. */
const SEED_MAX = 2 ** 31 - 1 - ROUNDS_MAX

/** What to do. */
export interface SoakOptions {
  readonly rounds: number
  readonly seed: number
  /** Words for `irqlab run` that are the same in each round. */
  readonly words: readonly string[]
  readonly help: boolean
}

/** Reads the arguments; those that irqlab itself reads are left to it. Throws `UsageError`. */
export function soakOptions(args: readonly string[]): SoakOptions {
  const { values, positionals } = parsed(args)
  const passed = ['soak', 'jobs', 'timeout-scale', 'results'] as const
  return {
    rounds: wholeNumber('--rounds', 1, ROUNDS_MAX)(values.rounds),
    seed: wholeNumber('--seed', 0, SEED_MAX)(values.seed),
    words: [
      ...positionals,
      ...values.kernel.map((kernel) => `--kernel=${kernel}`),
      ...values.machine.map((machine) => `--machine=${machine}`),
      ...passed.flatMap((name) => (values[name] === undefined ? [] : [`--${name}=${values[name]}`])),
    ],
    help: values.help,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: KNOWN, allowPositionals: true })
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}
