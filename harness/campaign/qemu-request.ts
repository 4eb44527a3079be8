/** From a job to what QEMU's command line is made of. */
import type { QemuRequest } from '../guest/qemu-args.ts'
import type { Job } from './job.ts'

/** All of it but the socket, which the worker chooses. */
export function qemuRequestOf(job: Job): Omit<QemuRequest, 'qmpSocket'> {
  return {
    binary: job.qemu.path,
    majorVersion: job.qemu.majorVersion,
    accel: job.accel,
    machine: job.machine,
    kernel: job.bzImage,
    initrd: job.initrd,
    append: job.append,
    extraArgs: job.qemuArgs,
  }
}
