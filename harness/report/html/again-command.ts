/** How does one do this run again? The command line with the same kernel, machine, seed and options. */
import type { RunRecord } from '../../record/run-record.ts'

/** Words for a shell. */
export function againCommand({ scenario, kernel, guest, machine, seed, options }: RunRecord): string {
  const { append, qemuArgs, timeoutScale, soakSeconds } = options
  const words = [
    'irqlab',
    'run',
    scenario,
    '--kernel',
    kernel.source,
    ...(guest.flavour === 'micro' ? [] : ['--guest', guest.source ?? guest.flavour]),
    // A machine that a scenario made for itself has no name that --machine knows: it comes with the scenario.
    ...(machine.name === `of-${scenario}` ? [] : ['--machine', machine.name]),
    '--seed',
    String(seed),
    ...(append === '' ? [] : ['--append', append]),
    ...qemuArgs.flatMap((arg) => [`--qemu-arg=${arg}`]),
    ...(timeoutScale === 1 ? [] : ['--timeout-scale', String(timeoutScale)]),
    ...(soakSeconds === undefined ? [] : ['--soak', String(soakSeconds)]),
  ]
  return words.map(shellWord).join(' ')
}

/** A word as a shell takes it: in quotes where it has to be. */
export function shellWord(word: string): string {
  return /^[\w./,:=+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
