/**
 * The commands about a machine which is not ours: `irqlab capture` and `irqlab diagnose` only read, `irqlab reproduce` makes one
 * like it, `irqlab host` restores what a run has left there.
 */
import { type Command, Option } from 'commander'
import type { CaptureOptions } from './capture.ts'
import type { DiagnoseOptions } from './diagnose.ts'
import { hostKeyOption } from './host-options.ts'
import type { HostRestoreOptions } from './host-restore.ts'
import type { Terminal } from './program.ts'
import { addReproduceOptions, type ReproduceOptions } from './reproduce-options.ts'
import { nonEmptyText, wholeNumber } from './values.ts'

/** More than any machine numbers: include/linux/irq.h gives nr_irqs 32 bits, and far less is used. */
const IRQ_MAX = 999_999

/** Adds them; `done` hears the exit code. */
export function addDiagnosisCommands(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  addTaking(
    program
      .command('diagnose')
      .description(
        'what is going on with the interrupts of a machine, or of a capture or a sosreport of one; reads only',
      )
      .argument(
        '[target]',
        'ssh://USER@HOST[:PORT]; a capture, a sosreport, or an archive or folder of loose files (/proc/interrupts and the like, by any name); this host when absent',
      )
      .option('--all', 'every irq and every finding; else the telling ones')
      .option('--watch', 'a live view: an irq a row, moves light up; q leaves')
      .addOption(
        new Option('--irq <number>', 'only this irq, and what is said of the machine').argParser(
          wholeNumber('--irq', 0, IRQ_MAX),
        ),
      )
      .addOption(
        new Option(
          '--html <file>',
          'write a page instead: findings, the machine, each irq as a lane',
        ).argParser(nonEmptyText('--html')),
      )
      .option('--json', 'as JSON'),
  ).action(async (target: string | undefined, options: DiagnoseOptions) => {
    const { diagnoseCommand } = await import('./diagnose.ts')
    done(await diagnoseCommand(target, options, terminal.signal))
  })
  addTaking(
    program
      .command('capture')
      .description('takes what diagnose needs as a tarball, to be looked at elsewhere; reads only')
      .argument('[host]', 'ssh://USER@HOST[:PORT]; this host when absent')
      .option('-o, --output <file>', 'the tarball; irqlab-capture-TIME.tar.gz here when absent')
      .option('--anonymise', 'generic names for network interfaces, none for profiles of tuned')
      .option('--script', 'print the script that takes it, to be run by hand on any machine; takes nothing'),
  ).action(async (host: string | undefined, options: CaptureOptions) => {
    const { captureCommand } = await import('./capture.ts')
    done(await captureCommand(host, options, terminal.signal))
  })
  program
    .command('host')
    .description('a machine that was asked with `run --host`')
    .helpCommand(false)
    .command('restore')
    .description('puts back what a run has left there: affinity masks, trace and kprobes')
    .argument('<address>', 'ssh://USER@HOST[:PORT]')
    .addOption(hostKeyOption())
    .action(async (address: string, options: HostRestoreOptions) => {
      const { hostRestoreCommand } = await import('./host-restore.ts')
      done(await hostRestoreCommand(address, options, terminal.signal))
    })
}

/** Adds `reproduce`. */
export function addReproduceCommand(
  program: Command,
  terminal: Terminal,
  done: (code: number) => void,
): void {
  addReproduceOptions(
    addTaking(
      program
        .command('reproduce')
        .description(
          'make the symptom of a capture happen in a guest like the machine, and a folder that shows it',
        )
        .argument('<capture>', 'as for diagnose: a capture, its folder, or ssh://USER@HOST[:PORT]'),
    ),
  ).action(async (target: string, options: ReproduceOptions) => {
    const { reproduceCommand } = await import('./reproduce.ts')
    done(await reproduceCommand(target, options, terminal))
  })
}

function addTaking(command: Command): Command {
  return command
    .addOption(
      new Option('--interval <seconds>', 'between the two samples, 0 to 60')
        .argParser(wholeNumber('--interval', 0, 60))
        .default(5),
    )
    .option('--sudo', 'collect by `sudo -n`: debugfs and the log of the kernel are for root')
}
