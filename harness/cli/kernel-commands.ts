/** `irqlab kernel`: the commands about kernels alone, and nothing else: what they do is loaded only when they are called. */
import { type Command, Option } from 'commander'
import { addKernelBuild } from './kernel-build-options.ts'
import { nonEmptyText } from './values.ts'

/** Lets the exit code of `work` be the program's, and a signal drop it. */
type DropAtSignal = (work: Promise<number>) => Promise<void>

/** Adds the group `kernel` to the program. */
export function addKernelCommands(program: Command, dropAtSignal: DropAtSignal): void {
  const kernel = program
    .command('kernel')
    .description('the kernels that can be booted: what there is, and making them ready')
    .helpCommand(false)
  addList(kernel, dropAtSignal)
  addFetch(kernel, dropAtSignal)
  addKernelBuild(kernel, dropAtSignal)
  addPage(kernel, dropAtSignal)
}

function addList(kernel: Command, dropAtSignal: DropAtSignal): void {
  kernel
    .command('list')
    .description("the mirror's kernels: series, versions, suites, whether fetched")
    .option('--json', 'as JSON')
    .option('--refresh', 'ask the mirror again; else once a day is enough')
    .addOption(
      new Option(
        '--flavour <flavour>',
        'the kernels of another flavour: amd64 (what machines run), rt-amd64 (PREEMPT_RT)',
      ).argParser(nonEmptyText('--flavour')),
    )
    .action(async (options: { json?: boolean; refresh?: boolean; flavour?: string }) => {
      const { kernelListCommand } = await import('./kernel-list.ts')
      await dropAtSignal(kernelListCommand(options))
    })
}

function addFetch(kernel: Command, dropAtSignal: DropAtSignal): void {
  kernel
    .command('fetch')
    .description('make kernels ready, so that a run need not')
    .argument('<kernel...>', 'as --kernel takes them')
    .action(async (kernels: string[]) => {
      const { kernelFetchCommand } = await import('./kernel-fetch.ts')
      await dropAtSignal(kernelFetchCommand(kernels))
    })
}

function addPage(kernel: Command, dropAtSignal: DropAtSignal): void {
  kernel
    .command('page')
    .description('what was seen on which kernel, from records, in Markdown')
    .argument('<results>', 'a directory with results')
    .action(async (dir: string) => {
      const { kernelPageCommand } = await import('./kernel-page.ts')
      await dropAtSignal(kernelPageCommand(dir))
    })
}
