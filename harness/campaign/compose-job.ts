/** From one run of a plan to the job that a worker is given. */
import type { GuestImage } from '../image/guest-image.ts'
import { OWN_KERNEL } from '../image/kernel-source.ts'
import type { Job, JobGuest } from './job.ts'
import { paceFactor } from './pace.ts'
import type { PlannedRun } from './plan.ts'
import type { CampaignRequest, ReadyKernel } from './run-campaign.ts'
import { warmStart } from './warm-start.ts'

/** The job of one run: all plain data, so that it can travel. */
export function jobOf(request: CampaignRequest, run: PlannedRun<ReadyKernel>, evidenceDir: string): Job {
  return {
    scenario: { name: run.scenario.name, file: run.file },
    machine: run.machine,
    ...(run.kernel.source === OWN_KERNEL ? {} : { bzImage: run.kernel.bzImage, initrd: run.kernel.initrd }),
    ...(run.kernel.config === undefined ? {} : { kernelConfig: run.kernel.config }),
    guest: guestOf(request.guest),
    qemu: { path: request.qemu.path, majorVersion: request.qemu.version.major },
    accel: request.accelerator.name,
    seed: run.seed,
    append: request.append,
    qemuArgs: request.qemuArgs,
    timeoutScale: request.timeoutScale,
    ...(request.soakSeconds === undefined ? {} : { soakSeconds: request.soakSeconds }),
    limitsFactor: paceFactor(request, run.machine),
    evidenceDir,
    keep: request.keep,
    ...(request.judgeAs === undefined ? {} : { judgeAs: request.judgeAs }),
  }
}

function guestOf({ flavour, initramfs, disk, login, balancers }: GuestImage): JobGuest {
  return { flavour, initramfs, login, balancers, ...(disk === undefined ? {} : { disk }) }
}

/** The same job, with the snapshot to start from, or to make. */
export async function withSnapshot(
  request: CampaignRequest,
  run: PlannedRun<ReadyKernel>,
  job: Job,
): Promise<Job> {
  const snapshot = await warmStart(request.warm, job, run.scenario.settle ? 'settled' : 'untouched', {
    qemuSha256: request.qemu.sha256,
    qemuVersion: request.qemu.version.text,
    kernelSha256: run.kernel.sha256,
    kernelRelease: run.kernel.release,
    guestSha256: request.guest.sha256,
  })
  return { ...job, snapshot }
}
