/** What can `npm run differential` be told? */
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../base/errors.ts'
import { wholeNumber } from '../cli/values.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'

/** What `--help` prints. */
export const DIFFERENTIAL_USAGE = `usage: npm run differential -- --kernel A --kernel B [options]

  --kernel K         two or more, as \`irqlab run --kernel\` takes them: the first is what the others are held against
  --scenario NAME    whose acts (default: random-acts)
  --queue NAME       the irq under test that is compared (default: virtio-serial)
  --seed N           the first list of acts (default: 1)
  --rounds N         so many lists, each with the next seed (default: 3)
  --soak SECONDS, --jobs N, --timeout-scale X, --results DIR  as \`irqlab run\` takes them

Exit code: 0 the same on all kernels, 1 a difference or a failure, 2 something broke, 64 bad usage.
`

const KNOWN = {
  kernel: { type: 'string', multiple: true, default: [] as string[] },
  scenario: { type: 'string', default: 'random-acts' },
  queue: { type: 'string', default: 'virtio-serial' },
  seed: { type: 'string', default: '1' },
  rounds: { type: 'string', default: '3' },
  soak: { type: 'string' },
  jobs: { type: 'string' },
  'timeout-scale': { type: 'string' },
  results: { type: 'string', default: DEFAULT_RESULTS },
  help: { type: 'boolean', default: false },
} as const
const ROUNDS_MAX = 10_000
const SEED_MAX = 2 ** 31 - 1 - ROUNDS_MAX

/** What to do. */
export interface DifferentialOptions {
  readonly queue: string
  readonly seed: number
  readonly rounds: number
  readonly results: string
  /** Words for `irqlab run` that are the same in each round. */
  readonly words: readonly string[]
  readonly help: boolean
}

/** Reads the arguments. Throws `UsageError`. */
export function differentialOptions(args: readonly string[]): DifferentialOptions {
  const { values } = parsed(args)
  if (!values.help && values.kernel.length < 2)
    throw new UsageError('give two kernels or more: --kernel A --kernel B')
  const passed = ['soak', 'jobs', 'timeout-scale', 'results'] as const
  return {
    queue: values.queue,
    seed: wholeNumber('--seed', 0, SEED_MAX)(values.seed),
    rounds: wholeNumber('--rounds', 1, ROUNDS_MAX)(values.rounds),
    results: values.results,
    words: [
      values.scenario,
      ...values.kernel.map((kernel) => `--kernel=${kernel}`),
      ...passed.flatMap((name) => (values[name] === undefined ? [] : [`--${name}=${values[name]}`])),
    ],
    help: values.help,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: KNOWN, allowPositionals: false })
  } catch (error) {
    throw new UsageError(messageOf(error))
  }
}
