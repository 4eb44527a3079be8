/** The commands of irqlab, and nothing else: what they do is loaded only when they are called. */
import { Command, CommanderError } from 'commander'
import { UsageError } from '../base/errors.ts'
import { packageVersion } from '../base/package-version.ts'
import { addHistoryCommands } from './history-commands.ts'
import { addDiagnosisCommands } from './diagnosis-commands.ts'
import { interruptible } from './interruptible.ts'
import { addCiCommands } from './ci-commands.ts'
import { addKernelCommands } from './kernel-commands.ts'
import { addKernelQuestions } from './kernel-questions.ts'
import { addRunAgainCommands } from './run-again-commands.ts'
import { addRunOptions, addShared, guestOption, kernelOption, type RunOptions } from './run-options.ts'

/** What a command needs of the process it runs in. */
export interface Terminal {
  readonly signal: AbortSignal
  /** The arguments, as given. */
  readonly args: readonly string[]
  /** irqlab's own process start, in milliseconds of the epoch. */
  readonly startedAtMs: number
}

/**
 * Reads the arguments and runs the command. Gives the exit code.
 * Throws `UsageError` for bad usage, and whatever the command throws.
 */
export async function runProgram(
  args: readonly string[],
  { signal, startedAtMs }: Omit<Terminal, 'args'>,
): Promise<number> {
  const terminal = { signal, startedAtMs, args }
  let exitCode = 0
  const program = new Command('irqlab')
    .description(
      'Proves with evidence whether the Linux kernel moves an interrupt when, and only when, it should.',
    )
    .version(packageVersion(), '--version')
    .enablePositionalOptions()
  const dropAtSignal = async (work: Promise<number>): Promise<void> => {
    exitCode = await interruptible(terminal.signal, work)
  }
  addRunOptions(
    program
      .command('run')
      .description('boot guests and ask the kernel: the named scenarios, or all of them')
      .argument('[scenario...]', 'names as `irqlab list` shows them'),
  ).action(async (names: string[], options: RunOptions, command: Command) => {
    const { runCommand } = await import('./run.ts')
    const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli')
    // A run ends in order, by itself.
    exitCode = await runCommand(names, options, terminal, given)
  })
  program
    .command('list')
    .description('the scenarios: name, question, machine, needs')
    .option('--machines', 'the machines instead: name, what it is, what it needs')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean; machines?: boolean }) => {
      if (options.machines === true) {
        const { listMachines } = await import('./list-machines.ts')
        listMachines(options)
        return
      }
      const { listCommand } = await import('./list.ts')
      await dropAtSignal(listCommand(options))
    })
  program
    .command('explain')
    .description('what a scenario asks, what a law or a finding means, what a verdict or an outcome says')
    .argument(
      '<name>',
      'of a scenario, a law or a finding of diagnose; held, violated, unproven; or an outcome such as broken',
    )
    .option('--json', 'as JSON')
    .action(async (name: string, options: { json?: boolean }) => {
      const { explainCommand } = await import('./explain.ts')
      await dropAtSignal(explainCommand(name, options))
    })
  program
    .command('doctor')
    .description('what this machine has, what it lacks, and the remedy')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { doctorCommand } = await import('./doctor.ts')
      await dropAtSignal(doctorCommand(options))
    })
  addHistoryCommands(program, dropAtSignal)
  addImageCommands(program, dropAtSignal)
  addKernelCommands(program, dropAtSignal)
  addCiCommands(program, (code) => (exitCode = code))
  addRunAgainCommands(program, terminal, dropAtSignal, (code) => (exitCode = code))
  addKernelQuestions(program, terminal, (code) => (exitCode = code))
  addDiagnosisCommands(program, terminal, (code) => (exitCode = code))
  program
    .command('shell')
    .description('a shell in the guest of a kept run, or with --host in its namespaces')
    .argument('<run>', 'the run, as `irqlab run --keep` printed it')
    .argument('[command...]', 'run this in the guest instead of a shell')
    .option('--host', 'enter the namespaces of the run instead of its guest')
    // Options behind the run's name belong to the command.
    .passThroughOptions()
    .action(async (run: string, command: string[], options: { host?: boolean }) => {
      const { shellCommand } = await import('./shell.ts')
      await dropAtSignal(shellCommand(run, command, options))
    })
  addShared(
    program
      .command('report')
      .description('any report of a campaign again, made from its records')
      .argument('<campaign>', 'its directory, or its name below the results'),
    ['reporter'],
  ).action(async (named: string, options: { reporter: readonly string[] }) => {
    const { reportCommand } = await import('./report.ts')
    await dropAtSignal(reportCommand(named, options))
  })
  quiet(program)
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return afterCommander(error, program, args)
    throw error
  }
  return exitCode
}

function addImageCommands(program: Command, dropAtSignal: (work: Promise<number>) => Promise<void>): void {
  const image = program
    .command('image')
    .description('the guest images and kernels in the cache')
    .helpCommand(false)
  image
    .command('build')
    .description('make the guest image and a kernel ready, so that a run need not')
    .addOption(kernelOption())
    .addOption(guestOption())
    .action(async (options: { kernel: string[]; guest?: string }) => {
      const { imageBuildCommand } = await import('./image.ts')
      await dropAtSignal(imageBuildCommand(options.kernel, options.guest))
    })
  image
    .command('list')
    .description('what is in the cache, and how large')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { imageListCommand } = await import('./image.ts')
      await dropAtSignal(imageListCommand(options))
    })
  image
    .command('prune')
    .description('empty the cache')
    .action(async () => {
      const { imagePruneCommand } = await import('./image.ts')
      await dropAtSignal(imagePruneCommand())
    })
}

/** Commander throws instead of exiting, and says nothing on standard error: we do, in one line. */
function quiet(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined, writeErr: () => undefined })
  for (const inner of command.commands) quiet(inner)
}

/** Help and version are a success; everything else that commander says is bad usage, in one line. */
function afterCommander(error: CommanderError, program: Command, args: readonly string[]): number {
  if (error.exitCode === 0) return 0
  const command = program.commands.find((one) => one.name() === args[0])
  const called = ['irqlab', ...(command === undefined ? [] : [command.name()])].join(' ')
  const message =
    error.code === 'commander.help'
      ? `${args[0] ?? ''}: give a command: ${command?.commands.map((one) => one.name()).join(', ') ?? ''}`
      : error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')
  throw new UsageError(`${message}; see \`${called} --help\``)
}
