/** What `irqlab replay` can be told: only what may differ from the run without asking something else. */
import type { Command } from 'commander'
import type { AcceleratorWish } from '../host/accelerator.ts'
import { addShared, valued } from './run-options.ts'
import { nonEmptyText, oneOf, positiveNumber } from './values.ts'

/** The values of the options. */
export interface ReplayOptions {
  /** Absent: the one of the run. */
  readonly accel?: AcceleratorWish
  readonly retries: number
  readonly results?: string
  /** The file of a scenario that is not among irqlab's own. */
  readonly scenario?: string
  /** Absent: that of the run. */
  readonly timeoutScale?: number
  readonly json?: boolean
}

/** Adds them to the command. */
export function addReplayOptions(command: Command): Command {
  command
    .addOption(
      valued(
        '--accel <accel>',
        'auto, kvm or tcg (default: that of the run)',
        oneOf('--accel', ['auto', 'kvm', 'tcg']),
      ),
    )
    .addOption(
      valued(
        '--timeout-scale <x>',
        'stretches every limit (default: as in the run)',
        positiveNumber('--timeout-scale', 1000),
      ),
    )
    .addOption(
      valued(
        '--scenario <file>',
        "the scenario's file, where it is none of irqlab's own",
        nonEmptyText('--scenario'),
      ),
    )
  return addShared(command, ['retries', 'results', 'json'])
}
