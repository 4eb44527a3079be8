/** The commands that ask about earlier campaigns, and nothing else: what they do is loaded only when they are called. */
import type { Command } from 'commander'
import {
  addCompareOptions,
  addHistoryOptions,
  type CompareOptions,
  type HistoryOptions,
} from './history-options.ts'

/** Adds `history` and `compare`. */
export function addHistoryCommands(
  program: Command,
  dropAtSignal: (work: Promise<number>) => Promise<void>,
): void {
  addHistoryOptions(
    program
      .command('history')
      .description('how scenarios did over time: what is new, flaky or stable, and how long it took')
      .argument('[scenario]', 'this one in detail: its laws, and each run that was no pass'),
  ).action(async (scenario: string | undefined, options: HistoryOptions) => {
    const { historyCommand } = await import('./history.ts')
    await dropAtSignal(historyCommand(scenario, options))
  })
  addCompareOptions(
    program
      .command('compare')
      .description('what is worse or better in a campaign than in another; 0: nothing worse, 1: worse')
      .argument('[a]', 'a directory, the name of a campaign, latest or previous', 'previous')
      .argument('[b]', 'what to compare with it', 'latest'),
  ).action(async (a: string, b: string, options: CompareOptions) => {
    const { compareCommand } = await import('./compare.ts')
    await dropAtSignal(compareCommand(a, b, options))
  })
}
