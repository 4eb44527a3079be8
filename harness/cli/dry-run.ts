/** `irqlab run --dry-run`: the plan and the QEMU command lines, one argument a line. Nothing is fetched or booted. */
import type { PlannedRun } from '../campaign/plan.ts'
import { qemuArgv } from '../guest/qemu-args.ts'
import { findQemu } from '../host/qemu-binary.ts'
import type { KernelSource } from '../image/kernel-source.ts'
import type { RunOptions } from './run.ts'

/** QEMU's major version to plan with where no QEMU is installed yet. */
const UNKNOWN_QEMU = { path: 'qemu-system-x86_64', version: { major: 7 } }

/** The lines to print. What is only known once it was fetched stands in angle brackets. */
export async function dryRunLines(
  plan: readonly PlannedRun<KernelSource>[],
  options: RunOptions,
): Promise<readonly string[]> {
  const qemu = await findQemu().catch(() => UNKNOWN_QEMU)
  const runs = plan.map((run, at) => {
    const { scenario, machine, kernel, seed } = run
    const title = `# run ${at + 1} of ${plan.length}: ${scenario.name} on ${machine.name}, kernel ${kernel.text}, seed ${seed}`
    const argv = qemuArgv({
      binary: qemu.path,
      majorVersion: qemu.version.major,
      accel: options.accel === 'kvm' ? 'kvm' : 'tcg',
      machine,
      kernel: kernel.kind === 'local' ? kernel.bzImage : `<kernel of ${kernel.text}>`,
      initrd: `<micro guest with the modules of ${kernel.text}>`,
      qmpSocket: '<working directory>/qmp',
      append: options.append,
      extraArgs: options.qemuArg,
    })
    return [
      title,
      ...(options.accel === 'auto' ? ['# shown for tcg; kvm is used where it proves itself'] : []),
      ...argv,
    ]
  })
  return runs.flat()
}
