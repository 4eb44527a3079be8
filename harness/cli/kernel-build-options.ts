/** What `irqlab kernel build` can be told. */
import { type Command, Option } from 'commander'
import { nonEmptyText } from './values.ts'

/** Adds the command to the group `kernel`. */
export function addKernelBuild(
  kernel: Command,
  dropAtSignal: (work: Promise<number>) => Promise<void>,
): void {
  kernel
    .command('build')
    .description("build a small kernel from Debian's source or a tree of your own, with patches")
    .addOption(
      new Option('--base <base>', 'debian-source:SERIES, debian-source:VERSION or tree:DIR[,commit=COMMIT]')
        .argParser(nonEmptyText('--base'))
        .default('debian-source:6.12'),
    )
    .addOption(
      new Option(
        '--patch <file...>',
        'a diff, a mail of git format-patch or a mailbox; may be repeated, order counts',
      ).default([], 'none'),
    )
    .addOption(
      new Option(
        '--range <A..B>',
        'the difference between two commits of a git tree (see --from), put upon the base before all patches',
      ).argParser(nonEmptyText('--range')),
    )
    .addOption(
      new Option('--from <dir>', 'the git tree of --range, if it is not the base').argParser(
        nonEmptyText('--from'),
      ),
    )
    .addOption(
      new Option('--config <file>', 'options of your own, added to images/kernel.config').argParser(
        nonEmptyText('--config'),
      ),
    )
    .addOption(new Option('--json', 'as JSON'))
    .action(async (options) => {
      const { kernelBuildCommand } = await import('./kernel-build.ts')
      await dropAtSignal(kernelBuildCommand(options))
    })
}
