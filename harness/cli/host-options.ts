/** `--host` and what belongs to it, as the command line knows them. */
import { type Command, Option } from 'commander'
import { nonEmptyText } from './values.ts'

/** Adds the options of a machine that is not ours. */
export function addHostOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--host <address>', 'asks ssh://USER@HOST[:PORT] instead of guests').argParser(
        nonEmptyText('--host'),
      ),
    )
    .option('--i-may-change-this-host', 'allows what --host changes there')
    .addOption(
      new Option('--host-nic <if>', 'the NIC of that machine whose queues are asked').argParser(
        nonEmptyText('--host-nic'),
      ),
    )
    .addOption(hostKeyOption())
}

/** `--host-key`, which `irqlab host restore` knows too. */
export function hostKeyOption(): Option {
  return new Option('--host-key <file>', 'a private key to log in with; may be repeated')
    .argParser((text: string, all: readonly string[]) => [...all, nonEmptyText('--host-key')(text)])
    .default([], "those of the user's ssh")
}
