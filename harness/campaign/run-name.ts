/** What is a run called within its campaign? Known before it starts, so that one that was never run has a name, too. */
import type { RunName } from '../record/results-dir.ts'

/** What tells kernels apart in names. */
interface NamedKernel {
  readonly release: string
  readonly label?: string
}

/** The name of one of the runs. */
export function runNameOf(runs: readonly NamedRun[], run: NamedRun): RunName {
  return {
    scenario: run.scenario.name,
    kernel: kernelName(runs, run.kernel),
    machine: run.machine.name,
    repeat: run.repeat,
  }
}

/** What names a run. */
interface NamedRun {
  readonly scenario: { readonly name: string }
  readonly kernel: NamedKernel
  readonly machine: { readonly name: string }
  readonly repeat: number
}

/** The release, with the label if there is one; else a number tells another kernel of the same release from it. */
function kernelName(runs: readonly NamedRun[], kernel: NamedKernel): string {
  if (kernel.label !== undefined) return `${kernel.release}-${kernel.label}`
  const all = new Set(runs.map((run) => run.kernel))
  const at = [...all].filter(({ release }) => release === kernel.release).indexOf(kernel)
  return at > 0 ? `${kernel.release}-${at + 1}` : kernel.release
}
