/** What `irqlab reproduce` can be told: which finding of the capture, on which kernel, and where the folder goes. */
import { type Command, Option } from 'commander'
import type { AcceleratorWish } from '../host/accelerator.ts'
import { addShared, valued } from './run-options.ts'
import { nonEmptyText, plainText, wholeNumber } from './values.ts'

/** The values of the options. */
export interface ReproduceOptions {
  /** Absent: the nearest to that of the capture. */
  readonly kernel?: string
  readonly irq: readonly number[]
  readonly finding?: string
  readonly ask?: string
  readonly output?: string
  /** False with --without-images. */
  readonly withoutImages?: boolean
  readonly interval: number
  readonly sudo?: boolean
  readonly accel: AcceleratorWish
  readonly seed?: number
  readonly cold?: boolean
  readonly timeoutScale: number
  readonly results?: string
  readonly retries: number
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** An irq's number is a signed int in the kernel. */
const IRQ_MAX = 2 ** 31 - 1

/** Adds them to the command. */
export function addReproduceOptions(command: Command): Command {
  const irq = wholeNumber('--irq', 0, IRQ_MAX)
  command
    .addOption(
      valued(
        '--kernel <kernel>',
        'as for run (default: that of the capture where Debian has it, else the nearest)',
        plainText('--kernel'),
      ),
    )
    .addOption(
      new Option('--irq <number>', 'of the capture; may be repeated (default: those with the finding)')
        .argParser((text: string, all: readonly number[]) => [...all, irq(text)])
        .default([], 'none'),
    )
    .addOption(
      valued(
        '--finding <name>',
        'of the capture (default: the worst that can be made)',
        plainText('--finding'),
      ),
    )
    .addOption(
      valued(
        '--ask <name>',
        'a suspicion that no capture shows: a scenario, a law, or the name of a CVE',
        plainText('--ask'),
      ),
    )
    .addOption(
      valued(
        '-o, --output <dir>',
        'where the folder to send goes (default: reproducer/ beside the run, when it showed)',
        nonEmptyText('--output'),
      ),
    )
    .option('--dry-run', 'print what would be run: the likeness, its CPUs, the acts; boot nothing')
    .option('--without-images', 'leave kernel and guest out of the folder, and name their hashes')
  command.addHelpText(
    'after',
    '\nEnds with 0 when the symptom showed, 1 when it did not, 2 when it cannot be told.',
  )
  return addShared(command, ['accel', 'seed', 'cold', 'timeoutScale', 'results', 'retries', 'json'])
}
