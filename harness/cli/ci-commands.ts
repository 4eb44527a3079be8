/** `irqlab ci`: what a night on a machine of one's own needs. */
import type { Command } from 'commander'
import type { CiInitOptions } from './ci-init.ts'
import { CI_KINDS } from './ci-init.ts'
import { valued } from './run-options.ts'
import { nonEmptyText, oneOf } from './values.ts'

/** Adds `ci init`. */
export function addCiCommands(program: Command, end: (exitCode: number) => void): void {
  program
    .command('ci')
    .description('what a nightly run on a machine of your own needs')
    .helpCommand(false)
    .command('init')
    .description('write a nightly: a GitHub workflow, a GitLab job, or a systemd timer and service')
    .argument('<kind>', CI_KINDS.join(', '), oneOf('ci init', CI_KINDS))
    .addOption(valued('--dir <dir>', 'where it goes (default: here)', nonEmptyText('--dir')))
    .option('--force', 'take the place of files that are there')
    .action(async (kind: (typeof CI_KINDS)[number], options: CiInitOptions) => {
      const { ciInitCommand } = await import('./ci-init.ts')
      end(ciInitCommand(kind, options))
    })
}
