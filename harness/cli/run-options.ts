/** What `irqlab run` can be told: its options as the command line knows them, and as the command gets them. */
import { type Command, Option } from 'commander'
import type { AcceleratorWish } from '../host/accelerator.ts'
import { REPORT_KINDS } from '../report/formats.ts'
import { addHostOptions } from './host-options.ts'
import { parseReporter } from './reporter-option.ts'
import type { Shard } from '../campaign/shard.ts'
import { nonEmptyText, oneOf, oneShard, plainText, positiveNumber, wholeNumber } from './values.ts'

/** The values of the options. */
export interface RunOptions {
  /** Absent: the micro guest. */
  readonly guest?: string
  readonly kernel: readonly string[]
  readonly machine: readonly string[]
  readonly append: string
  readonly qemuArg: readonly string[]
  readonly repeat: number
  readonly accel: AcceleratorWish
  readonly seed?: number
  /** How long scenarios go on that can be drawn out; absent: one round. */
  readonly soak?: number
  readonly keep?: boolean
  readonly cold?: boolean
  readonly timeoutScale: number
  readonly results?: string
  readonly retries: number
  /** Absent: as many as this machine bears. */
  readonly jobs?: number
  readonly failOn?: 'known'
  /** No more runs are begun after so many failures. */
  readonly maxFail?: number
  /** The part of the plan that this runner does; absent: all of it. */
  readonly shard?: Shard
  /** By what the plan is divided; absent: by what comes with irqlab. */
  readonly durations?: string
  readonly json?: boolean
  readonly reporter: readonly string[]
  /** The campaign to go on with, as given. */
  readonly resume?: string
  readonly dryRun?: boolean
  /** The machine that is asked instead of guests, as given. */
  readonly host?: string
  readonly iMayChangeThisHost?: boolean
  readonly hostNic?: string
  /** Files of private keys. */
  readonly hostKey: readonly string[]
}

/** A day; the guest's trace of all rounds is kept. */
const SOAK_MAX = 24 * 60 * 60
/** Seeds go from 0 to this. */
const SEED_MAX = 2 ** 31 - 1

/** The options that `run`, `try` and `bisect` understand alike, each made anew: a command may change its default. */
const SHARED = {
  machine: () =>
    repeatable(
      '--machine <name>',
      'replaces the machine that the scenario declares; may be repeated',
      plainText('--machine'),
    ),
  append: () =>
    valued('--append <string>', 'added to the kernel command line', plainText('--append')).default(''),
  qemuArg: () =>
    repeatable(
      '--qemu-arg <arg>',
      'added to the QEMU command line; may be repeated',
      nonEmptyText('--qemu-arg'),
    ),
  repeat: () =>
    valued('--repeat <n>', 'run everything n times', wholeNumber('--repeat', 1, 10_000)).default(1),
  accel: () =>
    valued('--accel <accel>', 'auto, kvm or tcg', oneOf('--accel', ['auto', 'kvm', 'tcg'])).default('auto'),
  seed: () =>
    valued(
      '--seed <n>',
      'makes the same choices as the run with this seed',
      wholeNumber('--seed', 0, SEED_MAX),
    ),
  soak: () =>
    valued(
      '--soak <seconds>',
      'scenarios that go round and round do so for so long (default: one round)',
      wholeNumber('--soak', 1, SOAK_MAX),
    ),
  keep: () => new Option('--keep', 'leave the guest running after its verdicts, until Ctrl-C'),
  cold: () => new Option('--cold', 'boot every guest, instead of starting from one that was put aside'),
  timeoutScale: () =>
    valued('--timeout-scale <x>', 'stretches every limit', positiveNumber('--timeout-scale', 1000)).default(
      1,
    ),
  results: () => valued('--results <dir>', 'where results go (default: results/)', nonEmptyText('--results')),
  retries: () =>
    valued('--retries <n>', 'tries what broke once more', wholeNumber('--retries', 0, 1)).default(0),
  jobs: () =>
    valued(
      '--jobs <n>',
      'runs side by side (default: by usable cores and free memory)',
      wholeNumber('--jobs', 1, 64),
    ),
  maxFail: () =>
    valued('--max-fail <n>', 'begins no more runs after n failures', wholeNumber('--max-fail', 1, 100_000)),
  shard: () => valued('--shard <i/n>', 'only the i-th of n parts of like length', oneShard('--shard')),
  durations: () =>
    valued(
      '--durations <file>',
      'how long runs take, for --shard: the same file on every runner (default: what comes with irqlab)',
      nonEmptyText('--durations'),
    ),
  failOn: () => valued('--fail-on <what>', 'also fail on `known` failures', oneOf('--fail-on', ['known'])),
  reporter: () =>
    repeatable(
      '--reporter <kind[=file]>',
      `${REPORT_KINDS.join(', ')}, to standard output or to a file; may be repeated`,
      (text) => {
        parseReporter(text)
        return text
      },
    ).default([], 'pretty on a terminal, plain elsewhere'),
  resume: () =>
    valued(
      '--resume <campaign>',
      'goes on with a campaign that was killed or interrupted: its directory, or its name below the results',
      nonEmptyText('--resume'),
    ),
  json: () => new Option('--json', 'one JSON document on standard output, everything else on standard error'),
  dryRun: () => new Option('--dry-run', 'print the plan and each QEMU command line, and do nothing'),
} as const

/** `--guest`, which `irqlab image build` knows too. */
export function guestOption(): Option {
  return valued(
    '--guest <guest>',
    'micro, debian-full, or qcow2:PATH with ,user=NAME ,key=FILE ,port=N and ,root=DEVICE behind it; the last two take ,balancers=stopped, running or restarted, too (default: micro)',
    plainText('--guest'),
  )
}

/** Adds the options of `irqlab run` to its command. */
export function addRunOptions(command: Command): Command {
  const shared = Object.keys(SHARED) as (keyof typeof SHARED)[]
  const withBoth = command.addOption(kernelOption()).addOption(guestOption())
  return addHostOptions(addShared(withBoth, shared))
}

/** Adds those of the options of `irqlab run`, in this order. */
export function addShared(command: Command, names: readonly (keyof typeof SHARED)[]): Command {
  for (const name of names) command.addOption(SHARED[name]())
  return command
}

/** `--kernel`, which `irqlab image build` knows too. */
export function kernelOption(): Option {
  return repeatable(
    '--kernel <kernel>',
    'debian:SERIES[=VERSION], debian-source:SERIES[,patch=FILE], deb:FILE[,FILE], tree:DIR or [bzimage:]PATH[,modules=DIR]; may be repeated',
    plainText('--kernel'),
  ).default([], 'debian:6.1')
}

/** An option with one value. */
export function valued(flags: string, description: string, parse: (text: string) => unknown): Option {
  return new Option(flags, description).argParser(parse)
}

/** An option that may be given several times; its value is the list. */
export function repeatable(flags: string, description: string, parse: (text: string) => string): Option {
  return new Option(flags, description)
    .argParser((text: string, all: readonly string[]) => [...all, parse(text)])
    .default([], 'none')
}
