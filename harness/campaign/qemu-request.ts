/** From a job to what QEMU's command line is made of. */
import { flavourOf } from '../guest/flavour.ts'
import type { QemuRequest } from '../guest/qemu-args.ts'
import type { Job } from './job.ts'

/** All of it but the places of the socket and of the seed, which the worker chooses. */
export function qemuRequestOf(job: Job): Omit<QemuRequest, 'qmpSocket'> {
  return {
    binary: job.qemu.path,
    majorVersion: job.qemu.majorVersion,
    accel: job.accel,
    machine: job.machine,
    ...(job.bzImage === undefined ? {} : { kernel: job.bzImage }),
    ...(job.initrd === undefined ? {} : { initrd: job.initrd }),
    ...(job.guest.disk === undefined ? {} : { disk: job.guest.disk }),
    ...(flavourOf(job.guest.flavour).entrance === 'tap' ? {} : { sshPort: job.guest.login.port }),
    append: job.append,
    extraArgs: job.qemuArgs,
  }
}
