import t from 'tap'
import { parseKernelConfig } from '../image/kernel-config.ts'
import { demandDisk } from './disk-needs.ts'

const WHOLE = [
  ['VIRTIO_BLK=m', 'EXT4_FS=m', 'CGROUPS=y', 'UNIX=y', 'INOTIFY_USER=y'],
  ['SIGNALFD=y', 'TIMERFD=y', 'EPOLL=y', 'FHANDLE=y'],
].flat()
const config = (lines: readonly string[]) =>
  parseKernelConfig(lines.map((line) => `CONFIG_${line}\n`).join(''), 'a.config')

await t.test('a kernel that can, by modules too, and one that cannot', async (t) => {
  t.doesNotThrow(() => demandDisk('debian-full', config(WHOLE)))
  t.throws(() => demandDisk('debian-full', config(WHOLE.filter((line) => !/EXT4|CGROUPS/.test(line)))), {
    name: 'NotApplicable',
    need: 'a kernel for debian-full',
    message: /this kernel has no CONFIG_EXT4_FS \(its file system\), CONFIG_CGROUPS \(systemd\)$/,
  })
})
