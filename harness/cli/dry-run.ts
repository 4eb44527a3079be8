/** `irqlab run --dry-run`: the plan and the QEMU command lines, one argument a line. Nothing is fetched or booted. */
import type { PlannedRun } from '../campaign/plan.ts'
import { qemuArgv, type QemuRequest } from '../guest/qemu-args.ts'
import { findQemu } from '../host/qemu-binary.ts'
import { type GuestSource, kernelWordsFor } from '../image/guest-source.ts'
import type { KernelSource } from '../image/kernel-source.ts'
import type { RunOptions } from './run-options.ts'

const PLAN_SCHEMA = 'irqlab.plan/1'

/** QEMU's major version to plan with where no QEMU is installed yet. */
const UNKNOWN_QEMU = { path: 'qemu-system-x86_64', version: { major: 7 } }

/** What QEMU is told to boot. */
function bootOf(kernel: KernelSource, guest: GuestSource): Partial<QemuRequest> {
  const loaded = {
    kernel: 'bzImage' in kernel ? kernel.bzImage : `<kernel of ${kernel.text}>`,
    initrd: `<${guest.kind === 'micro' ? 'micro guest' : 'first program'} with the modules of ${kernel.text}>`,
  }
  if (guest.kind === 'micro') return loaded
  const kernelWords = kernelWordsFor(guest)
  if (guest.kind === 'debian-full')
    return { ...loaded, disk: { path: '<disk of debian-full>', format: 'raw', kernelWords } }
  return {
    ...(kernel.kind === 'own' ? {} : loaded),
    disk: { path: guest.path, format: guest.format, kernelWords },
    sshPort: guest.port,
    ...(guest.login === undefined ? { seedDir: '<working directory>/seed' } : {}),
  }
}

/** The text to print, for a plan of which `jobs` runs go on side by side; with `--json` one document. What is only known once it was fetched stands in angle brackets. */
export async function dryRunText(
  plan: readonly PlannedRun<KernelSource>[],
  options: RunOptions,
  jobs: number,
  guest: GuestSource,
): Promise<string> {
  const qemu = await findQemu().catch(() => UNKNOWN_QEMU)
  const accel = options.accel === 'kvm' ? 'kvm' : 'tcg'
  const runs = plan.map(({ scenario, machine, kernel, seed }) => ({
    scenario: scenario.name,
    machine: machine.name,
    kernel: kernel.text,
    seed,
    accel,
    argv: qemuArgv({
      binary: qemu.path,
      majorVersion: qemu.version.major,
      accel,
      machine,
      ...bootOf(kernel, guest),
      qmpSocket: '<working directory>/qmp',
      append: options.append,
      extraArgs: options.qemuArg,
    }),
  }))
  if (options.json === true) return `${JSON.stringify({ schema: PLAN_SCHEMA, jobs, runs }, null, 2)}\n`
  const lines = runs.flatMap((run, at) => [
    `# run ${at + 1} of ${runs.length}: ${run.scenario} on ${run.machine}, kernel ${run.kernel}, seed ${run.seed}`,
    ...(options.accel === 'auto' ? ['# shown for tcg; kvm is used where it proves itself'] : []),
    ...run.argv,
  ])
  const title =
    runs.length === 1
      ? []
      : [`# ${runs.length} runs, ${jobs === 1 ? 'one at a time' : `${jobs} side by side, the longest first`}`]
  return `${[...title, ...lines].join('\n')}\n`
}
