/** Which images did a run boot, and are they still here? What is packed is proved by hash; keys of the guest are never packed. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { Trouble } from '../base/errors.ts'
import { cpioArchive } from '../image/cpio.ts'
import { firstArchive } from '../image/cpio-parts.ts'
import { withHome } from '../base/without-home.ts'
import type { RunRecord } from '../record/run-record.ts'

/** The images of a run, as they are packed. */
export interface RunImages {
  readonly bzImage: Buffer
  /** The micro guest without its SSH server and keys. */
  readonly guest: Buffer
  /** The modules of the kernel; empty: it needs none. */
  readonly modules: Buffer
}

/** What the guest needs for SSH alone, and what only irqlab's own cache may hold. */
const LEFT_OUT = /^(etc\/dropbear(\/.*)?|root\/\.ssh(\/.*)?|usr\/sbin\/dropbear)$/

/** The images, or in words why there are none. Throws `Trouble` for an initramfs that cannot be read. */
export function imagesOf(record: RunRecord): RunImages | { readonly missing: string } {
  if (record.guest.flavour !== 'micro')
    return { missing: `its guest was ${record.guest.flavour}, which lives on a disk` }
  const [kernel, initrd] = [argumentOf(record, '-kernel'), argumentOf(record, '-initrd')]
  if (kernel === undefined || initrd === undefined) return { missing: 'QEMU was never started in this run' }
  if (!existsSync(kernel)) return { missing: 'the kernel of this run is no longer in the cache' }
  const bzImage = readFileSync(kernel)
  if (sha256(bzImage) !== record.kernel.sha256)
    return { missing: 'the kernel of this run was changed since: it has another hash' }
  if (!existsSync(initrd)) return { missing: 'the initramfs of this run is no longer in the cache' }
  const whole = readFileSync(initrd)
  const { members, length } = firstArchive(whole)
  if (sha256(whole.subarray(0, length)) !== record.guest.sha256)
    return { missing: 'the initramfs of this run was changed since: it has another hash' }
  const kept = members.filter(({ name }) => !LEFT_OUT.test(name)).map(({ bytes }) => bytes)
  const guest = Buffer.concat([...kept, cpioArchive([])])
  for (const { bytes } of members.filter(({ name }) => LEFT_OUT.test(name) && name.includes('_ed25519'))) {
    if (guest.includes(bytes)) throw new Trouble('bundle', 'a key of the guest is still in its image')
  }
  return {
    bzImage,
    guest: Buffer.concat([guest, Buffer.alloc((512 - (guest.length % 512)) % 512)]),
    modules: whole.subarray(length),
  }
}

/** Of some bytes, hex. */
export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function argumentOf({ argv = [] }: RunRecord, option: string): string | undefined {
  const value = argv[argv.indexOf(option) + 1]
  return argv.includes(option) && value !== undefined ? withHome(value) : undefined
}
