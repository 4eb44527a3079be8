/**
 * An image as a stranger would hand it in: a partition table, a boot loader with a kernel, a file system with systemd, SSH
 * and DHCP. Put together for tests from what the cache has anyway; nothing is mounted, and no root is needed.
 */
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePackages } from '../host/packages.ts'
import { run } from '../host/shell.ts'
import type { GuestImage } from '../image/guest-image.ts'

const SECTOR = 512
const MIB = 2 ** 20
const BOOT_AT = MIB
const BOOT_MIB = 64
const ROOT_AT = BOOT_AT + BOOT_MIB * MIB
const MBR_CODE = '/usr/lib/syslinux/mbr/mbr.bin'

const PACKAGES = [
  { name: 'syslinux', proof: ['syslinux'], why: 'is the boot loader of an image under test' },
  { name: 'syslinux-common', proof: [MBR_CODE], why: 'has its first sector' },
  { name: 'mtools', proof: ['mcopy', 'mformat'], why: 'fills the file system that it starts from' },
  { name: 'qemu-utils', proof: ['qemu-img'], why: 'makes a qcow2 of it' },
] as const

/** The kernel's words: whose disk it is, and a network by DHCP on every NIC, by systemd-networkd. */
const WORDS = [
  'console=ttyS0 loglevel=6 panic=-1 no_timer_check random.trust_cpu=on',
  'irqlab.root=/dev/vda2 irqlab.nics=own ip=dhcp',
  'systemd.wants=systemd-network-generator.service systemd.wants=systemd-networkd.service',
].join(' ')

/** Makes `dir`/stranger.qcow2 of the full guest's disk and a kernel with its initrd, and gives its path. */
export async function bootableImage(
  dir: string,
  guest: GuestImage,
  boot: { readonly bzImage: string; readonly initrd: string },
): Promise<string> {
  await ensurePackages(() => undefined, PACKAGES)
  const root = guest.disk?.path ?? ''
  const rootMib = Math.ceil(statSync(root).size / MIB)
  const [raw, qcow2, config] = [
    join(dir, 'stranger.img'),
    join(dir, 'stranger.qcow2'),
    join(dir, 'syslinux.cfg'),
  ]
  writeFileSync(raw, partitionTable(rootMib))
  truncateSync(raw, ROOT_AT + rootMib * MIB)
  writeFileSync(config, `DEFAULT linux\nLABEL linux\nLINUX bzImage\nINITRD initrd\nAPPEND ${WORDS}\n`)
  const fat = ['-i', `${raw}@@${BOOT_AT}`]
  const sectors = (BOOT_MIB * MIB) / SECTOR
  const steps = [
    ['mformat', ...fat, '-T', `${sectors}`, '-h', '255', '-s', '63', '-H', `${BOOT_AT / SECTOR}`, '::'],
    ['mcopy', ...fat, boot.bzImage, '::bzImage'],
    ['mcopy', ...fat, boot.initrd, '::initrd'],
    ['mcopy', ...fat, config, '::syslinux.cfg'],
    ['syslinux', '--offset', `${BOOT_AT}`, '--install', raw],
    ['dd', `if=${root}`, `of=${raw}`, 'bs=1M', `seek=${ROOT_AT / MIB}`, 'conv=sparse,notrunc', 'status=none'],
    ['qemu-img', 'convert', '-O', 'qcow2', raw, qcow2],
  ]
  for (const argv of steps) await run(argv, { stage: 'test.image', limitMs: 120_000, cwd: dir })
  truncateSync(raw, 0)
  return qcow2
}

/** A boot sector that starts the active partition: FAT16 by sectors, then Linux. */
function partitionTable(rootMib: number): Buffer {
  const sector = Buffer.alloc(SECTOR)
  readFileSync(MBR_CODE).copy(sector, 0, 0, 440)
  const entry = (at: number, active: boolean, type: number, start: number, bytes: number) => {
    sector[at] = active ? 0x80 : 0
    sector[at + 4] = type
    sector.writeUInt32LE(start / SECTOR, at + 8)
    sector.writeUInt32LE(bytes / SECTOR, at + 12)
  }
  entry(446, true, 0x0e, BOOT_AT, BOOT_MIB * MIB)
  entry(462, false, 0x83, ROOT_AT, rootMib * MIB)
  sector.writeUInt16LE(0xaa55, 510)
  return sector
}
