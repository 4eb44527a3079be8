/** The commands that ask about earlier campaigns, and nothing else: what they do is loaded only when they are called. */
import type { Command } from 'commander'
import { addHistoryOptions, type HistoryOptions } from './history-options.ts'

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
}
