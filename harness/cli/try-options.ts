/** What `irqlab try` can be told. */
import type { Command } from 'commander'
import { addShared, repeatable, type RunOptions, valued } from './run-options.ts'
import { nonEmptyText, plainText } from './values.ts'

/** The values of the options. */
export interface TryOptions extends Pick<
  RunOptions,
  | 'machine'
  | 'append'
  | 'qemuArg'
  | 'repeat'
  | 'accel'
  | 'seed'
  | 'cold'
  | 'timeoutScale'
  | 'results'
  | 'jobs'
  | 'json'
> {
  readonly patch: readonly string[]
  readonly base: string
}

/** Adds the options of `irqlab try` to its command. */
export function addTryOptions(command: Command): Command {
  command
    .addOption(
      repeatable(
        '--patch <file>',
        'a patch or mbox to apply; several are applied in this order',
        nonEmptyText('--patch'),
      ),
    )
    .addOption(
      valued(
        '--base <base>',
        'the kernel without it: debian-source:SERIES, debian-source:VERSION or tree:DIR',
        plainText('--base'),
      ).default('debian-source:6.12'),
    )
  return addShared(command, [
    'machine',
    'append',
    'qemuArg',
    'repeat',
    'accel',
    'seed',
    'cold',
    'timeoutScale',
    'results',
    'jobs',
    'json',
  ])
}
