/** The commands and options of irqlab, and nothing else: what they do is loaded only when they are called. */
import { Command, CommanderError, Option } from 'commander'
import { UsageError } from '../base/errors.ts'
import { oneOf, positiveNumber, wholeNumber } from './values.ts'

const SEED_MAX = 2 ** 31 - 1

/** What a command needs of the process it runs in. */
export interface Terminal {
  readonly signal: AbortSignal
  /** irqlab's own process start, in milliseconds of the epoch. */
  readonly startedAtMs: number
}

/**
 * Reads the arguments and runs the command. Gives the exit code.
 * Throws `UsageError` for bad usage, and whatever the command throws.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0
  const program = new Command('irqlab')
    .description(
      'Proves with evidence whether the Linux kernel moves an interrupt when, and only when, it should.',
    )
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .showSuggestionAfterError(true)
    .helpCommand(false)
  program
    .command('run')
    .description('boot guests and ask the kernel: the named scenarios, or all of them')
    .argument('[scenario...]', 'names as `irqlab list` shows them')
    .option('--kernel <kernel>', 'debian:SERIES or PATH[,modules=DIR]; may be repeated', collect, [])
    .option(
      '--machine <name>',
      'replaces the machine that the scenario declares; may be repeated',
      collect,
      [],
    )
    .option('--append <string>', 'added to the kernel command line', '')
    .option('--qemu-arg <arg>', 'added to the QEMU command line; may be repeated', collect, [])
    .addOption(
      optionOf('--repeat <n>', 'run everything n times', wholeNumber('--repeat', 1, 10_000)).default(1),
    )
    .addOption(
      optionOf('--accel <accel>', 'auto, kvm or tcg', oneOf('--accel', ['auto', 'kvm', 'tcg'])).default(
        'auto',
      ),
    )
    .addOption(
      optionOf(
        '--seed <n>',
        'makes the same choices as the run with this seed',
        wholeNumber('--seed', 0, SEED_MAX),
      ),
    )
    .option('--keep', 'leave the guest running after its verdicts, until Ctrl-C')
    .addOption(
      optionOf(
        '--timeout-scale <x>',
        'stretches every limit',
        positiveNumber('--timeout-scale', 1000),
      ).default(1),
    )
    .option('--results <dir>', 'where results go (default: results/)')
    .addOption(
      optionOf('--retries <n>', 'tries what broke once more', wholeNumber('--retries', 0, 1)).default(0),
    )
    .addOption(optionOf('--fail-on <what>', 'also fail on `known` failures', oneOf('--fail-on', ['known'])))
    .option('--json', 'one JSON document on standard output, everything else on standard error')
    .option('--dry-run', 'print the plan and each QEMU command line, and do nothing')
    .action(async (names: string[], options: Record<string, unknown>) => {
      const { runCommand } = await import('./run.ts')
      exitCode = await runCommand(names, options as never, terminal)
    })
  program
    .command('list')
    .description('the scenarios: name, question, machine, needs')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { listCommand } = await import('./list.ts')
      exitCode = await listCommand(options)
    })
  program
    .command('doctor')
    .description('what this machine has, what it lacks, and the remedy')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { doctorCommand } = await import('./doctor.ts')
      exitCode = await doctorCommand(options)
    })
  addImageCommands(program, terminal, (code) => {
    exitCode = code
  })
  program
    .command('shell')
    .description('a shell in the guest of a kept run, or with --host in its namespaces')
    .argument('<run>', 'the run, as `irqlab run --keep` printed it')
    .argument('[command...]', 'run this in the guest instead of a shell')
    .option('--host', 'enter the namespaces of the run instead of its guest')
    .action(async (run: string, command: string[], options: { host?: boolean }) => {
      const { shellCommand } = await import('./shell.ts')
      exitCode = await shellCommand(run, command, options)
    })
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({ outputError: () => undefined })
  }
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return commanderExit(error)
    throw error
  }
  return exitCode
}

function addImageCommands(program: Command, terminal: Terminal, done: (code: number) => void): void {
  const image = program.command('image').description('the guest images and kernels in the cache')
  image
    .command('build')
    .description('make the guest image and a kernel ready, so that a run need not')
    .option('--kernel <kernel>', 'debian:SERIES or PATH[,modules=DIR]; may be repeated', collect, [])
    .action(async (options: { kernel: string[] }) => {
      const { imageBuildCommand } = await import('./image.ts')
      done(await imageBuildCommand(options.kernel, terminal))
    })
  image
    .command('list')
    .description('what is in the cache, and how large')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { imageListCommand } = await import('./image.ts')
      done(imageListCommand(options))
    })
  image
    .command('prune')
    .description('empty the cache')
    .action(async () => {
      const { imagePruneCommand } = await import('./image.ts')
      done(await imagePruneCommand())
    })
}

function optionOf(flags: string, description: string, parse: (text: string) => unknown): Option {
  return new Option(flags, description).argParser(parse)
}

function collect(value: string, all: readonly string[]): readonly string[] {
  return [...all, value]
}

/** Help is a success; everything else that commander says is bad usage, in one line. */
function commanderExit(error: CommanderError): number {
  if (error.exitCode === 0 || error.code === 'commander.help')
    return error.exitCode === 0 ? 0 : usage('give a command')
  return usage(error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' '))
}

function usage(message: string): never {
  throw new UsageError(`${message}; see \`irqlab --help\``)
}
