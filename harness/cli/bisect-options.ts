/** What `irqlab bisect` can be told. */
import { type Command, Option } from 'commander'
import { addShared, type RunOptions, valued } from './run-options.ts'
import { nonEmptyText, oneOf, wholeNumber } from './values.ts'

/** The values of the options. */
export interface BisectOptions extends Pick<
  RunOptions,
  'machine' | 'append' | 'qemuArg' | 'accel' | 'seed' | 'timeoutScale' | 'results' | 'json'
> {
  readonly tree: string
  readonly good: string
  readonly bad: string
  readonly scenario: string
  readonly bootFailure: 'bad' | 'skip'
  readonly runs: number
  readonly fresh?: boolean
}

const RUNS_MAX = 100

/** Adds the options of `irqlab bisect` to its command. */
export function addBisectOptions(command: Command): Command {
  const must = (flags: string, description: string) =>
    valued(flags, description, nonEmptyText(flags.split(' ')[0] ?? '')).makeOptionMandatory()
  const own = [
    must('--tree <dir>', 'a Linux tree in git; it is only read'),
    must('--good <commit>', 'a commit before the failure'),
    must('--bad <commit>', 'a commit with the failure'),
    must('--scenario <name>', 'what fails'),
    valued(
      '--runs <n>',
      'how often a kernel must pass to be good',
      wholeNumber('--runs', 1, RUNS_MAX),
    ).default(3),
    valued(
      '--boot-failure <what>',
      'what a kernel that does not boot is: bad, or skip',
      oneOf('--boot-failure', ['bad', 'skip']),
    ).default('skip'),
    new Option('--fresh', 'forget what an earlier bisection with this command has found'),
  ]
  for (const option of own) command.addOption(option)
  return addShared(command, [
    'machine',
    'append',
    'qemuArg',
    'accel',
    'seed',
    'timeoutScale',
    'results',
    'json',
  ])
}
