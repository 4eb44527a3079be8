/** Can this kernel start a whole system from a disk? Its configuration says so before anything is booted. */
import { NotApplicable } from '../base/errors.ts'
import type { KernelConfig } from '../image/kernel-config.ts'

/** Each option, and what it is for. A module does where the guest is given it (image/full-recipe.ts). */
const NEEDED = [
  ['CONFIG_VIRTIO_BLK', 'the disk'],
  ['CONFIG_EXT4_FS', 'its file system'],
  // systemd's own list (README, "REQUIREMENTS").
  ['CONFIG_CGROUPS', 'systemd'],
  ['CONFIG_UNIX', 'systemd'],
  ['CONFIG_INOTIFY_USER', 'systemd'],
  ['CONFIG_SIGNALFD', 'systemd'],
  ['CONFIG_TIMERFD', 'systemd'],
  ['CONFIG_EPOLL', 'systemd'],
  ['CONFIG_FHANDLE', 'udev'],
] as const

/** Throws `NotApplicable` naming all that is missing. */
export function demandDisk(flavour: string, config: KernelConfig): void {
  const missing = NEEDED.filter(([option]) => !config.has(option))
  if (missing.length === 0) return
  const list = missing.map(([option, why]) => `${option} (${why})`).join(', ')
  throw new NotApplicable(
    `a kernel for ${flavour}`,
    `${flavour} starts from a disk: this kernel has no ${list}`,
  )
}
