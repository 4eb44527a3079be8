/** What is booted beside the kernel, and how is it entered? Of whatever flavour the guest is. Plain data: it goes to workers. */
import type { PackageVersion } from './debian-archive.ts'
import type { Balancers } from './guest-source.ts'
import type { DiskFormat } from './disk-image.ts'
import type { MicroGuest } from './micro-guest.ts'

/** All kinds of user space that a guest can have. */
export const FLAVOURS = ['micro', 'debian-full', 'qcow2'] as const

/** One of them. */
export type FlavourName = (typeof FLAVOURS)[number]

/** A disk that the guest starts from. What it writes goes to a file of its own that ends with it: this one stays as it is. */
export interface BootDisk {
  /** Absolute. */
  readonly path: string
  readonly format: DiskFormat
  /** For a kernel that is started beside it: what its command line has to say of the disk, and of what is on it. */
  readonly kernelWords: readonly string[]
}

/** How the guest is entered. */
export interface GuestLogin {
  readonly user: string
  /** Of the SSH server in the guest. */
  readonly port: number
  readonly key: { readonly privateKey: string } | { readonly agent: string }
  /** Base64 of the only host key that it may show; absent: the first one that it shows. */
  readonly hostKey?: string
  /** What cloud-init finds at its first start, file by file; absent: the user is there already. */
  readonly seed?: Readonly<Record<string, string>>
}

/** A guest's user space that is ready to be booted. */
export interface GuestImage {
  readonly flavour: FlavourName
  /** As asked for with --guest. */
  readonly text: string
  /** What a kernel of ours unpacks first: absolute path of an uncompressed newc archive. */
  readonly initramfs: string
  /** What follows the modules behind it: the first program where that is not the archive's own. */
  readonly diskInit?: string
  /** Absent: the initramfs is all there is. */
  readonly disk?: BootDisk
  readonly login: GuestLogin
  readonly balancers: Balancers
  /** Absent: an image that is not ours. */
  readonly packages?: readonly PackageVersion[]
  /** Hex; of the archive, or of the image on the disk. */
  readonly sha256: string
}

/** The micro guest, as such an image. */
export function microImage({
  initramfs,
  clientKey,
  hostPublicKey,
  packages,
  sha256,
}: MicroGuest): GuestImage {
  return {
    flavour: 'micro',
    text: 'micro',
    initramfs,
    login: { user: 'root', port: 22, key: { privateKey: clientKey }, hostKey: hostPublicKey },
    // It has none that runs by itself.
    balancers: 'stopped',
    packages,
    sha256,
  }
}
