/** The commands that build kernels to ask them something, and nothing else: what they do is loaded only when they are called. */
import type { Command } from 'commander'
import { addBisectOptions, type BisectOptions } from './bisect-options.ts'
import type { Terminal } from './program.ts'
import { addTryOptions, type TryOptions } from './try-options.ts'

/** Adds `try` and `bisect`. Both end in order by themselves at a signal; `done` gets their exit codes. */
export function addKernelQuestions(
  program: Command,
  terminal: Terminal,
  done: (exitCode: number) => void,
): void {
  addTryOptions(
    program
      .command('try')
      .description('what a patch changes: builds a kernel without and with it, and asks both the same')
      .argument('[scenario...]', 'names as `irqlab list` shows them'),
  ).action(async (names: string[], options: TryOptions) => {
    const [{ tryCommand }, { compilingBuilder }] = await Promise.all([
      import('./try.ts'),
      import('./kernel-builder.ts'),
    ])
    done(await tryCommand(names, options, terminal, compilingBuilder))
  })
  addBisectOptions(
    program.command('bisect').description('which commit broke a scenario: drives git bisect'),
  ).action(async (options: BisectOptions) => {
    const [{ bisectCommand }, { compilingBuilder }] = await Promise.all([
      import('./bisect.ts'),
      import('./kernel-builder.ts'),
    ])
    done(await bisectCommand(options, terminal, compilingBuilder))
  })
}
