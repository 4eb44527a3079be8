/** The commands that do with one run what was done before: pack it, and run it again. */
import type { Command } from 'commander'
import type { BundleOptions } from './bundle.ts'
import type { Terminal } from './program.ts'
import { addReplayOptions, type ReplayOptions } from './replay-options.ts'
import { nonEmptyText } from './values.ts'
import { valued } from './run-options.ts'

/** Adds `replay` and `bundle`. */
export function addRunAgainCommands(
  program: Command,
  terminal: Terminal,
  dropAtSignal: (work: Promise<number>) => Promise<void>,
  end: (exitCode: number) => void,
): void {
  addReplayOptions(
    program
      .command('replay')
      .description('ask the same of the same kernel again, and say whether the verdicts are the same')
      .argument('<run>', 'its directory, its name below the results, or a bundle that was unpacked'),
  ).action(async (run: string, options: ReplayOptions) => {
    const { replayCommand } = await import('./replay.ts')
    // It ends in order, by itself.
    end(await replayCommand(run, options, terminal))
  })
  program
    .command('bundle')
    .description('pack one run into a tarball that another machine can repeat, without irqlab too')
    .argument('<run>', 'its directory, or its name below the results')
    .addOption(
      valued(
        '--output <file>',
        'where it goes (default: named after the run, here)',
        nonEmptyText('--output'),
      ),
    )
    .option('--without-images', 'leave kernel and guest out, and name their hashes')
    .option('--json', 'what was packed, as JSON')
    .action(async (run: string, options: Omit<BundleOptions, 'images'> & { withoutImages?: boolean }) => {
      const { bundleCommand } = await import('./bundle.ts')
      await dropAtSignal(bundleCommand(run, { ...options, images: options.withoutImages !== true }))
    })
}
