/** Everything that a run needs before it can boot: packages, QEMU, accelerator, guest image, kernels. */
import { resolve } from 'node:path'
import { ensurePackages } from '../host/packages.ts'
import { type Accelerator, type AcceleratorWish, chooseAccelerator } from '../host/accelerator.ts'
import { runningCommit } from '../host/host-facts.ts'
import { findQemu, type QemuBinary } from '../host/qemu-binary.ts'
import { slownessOf } from '../host/slowness.ts'
import { checkTunDevice } from '../host/tap.ts'
import { cacheDir, openCache } from '../image/cache.ts'
import { cacheMemory } from '../image/cache-memory.ts'
import { initrdFor } from '../image/initrd.ts'
import { type BootableKernel, prepareKernel } from '../image/kernel.ts'
import type { KernelSource } from '../image/kernel-source.ts'
import type { GuestImage } from '../image/guest-image.ts'
import { type GuestSource, MICRO } from '../image/guest-source.ts'
import { modulesFor, ownKernel, prepareGuestImage } from '../image/prepare-guest-image.ts'
import type { ReadyKernel } from '../campaign/run-campaign.ts'
import { startSpareWorker } from '../campaign/worker-process.ts'

/** What every campaign needs of this machine. */
export interface PreparedHost {
  readonly qemu: QemuBinary
  readonly accelerator: Accelerator
}

/** What preparation gives: all that a campaign needs of this machine and of the cache. */
export interface Preparation extends PreparedHost {
  readonly guest: GuestImage
  /** In the order of the sources. */
  readonly kernels: readonly ReadyKernel[]
}

/** Where preparation tells how far it is. */
export interface Telling {
  /** Gets lines that stay. */
  readonly report: (line: string) => void
  /** Gets what is being done. */
  readonly step: (words: string) => void
}

/** Makes the host ready, and guest image and kernels. Throws `Trouble` or `UsageError`. */
export function prepare(
  sources: readonly KernelSource[],
  wish: AcceleratorWish,
  telling: Telling,
  guest: GuestSource = MICRO,
): Promise<Preparation> {
  return prepareHost(wish, telling, () => prepareImages(sources, telling.report, telling.step, guest))
}

/** Packages first, then the accelerator (quick to fail), then `images`, which may take a download. Throws `Trouble` or `UsageError`. */
export async function prepareHost<Images>(
  wish: AcceleratorWish,
  { report, step }: Telling,
  images: () => Promise<Images>,
): Promise<PreparedHost & Images> {
  void runningCommit() // Needed for the record; git takes its time meanwhile.
  step('packages')
  await ensurePackages(report)
  // Asked again by the worker, where it counts; here before anything is downloaded.
  await checkTunDevice()
  startSpareWorker([process.execPath, resolve(import.meta.dirname, '../main.ts')])
  const memory = cacheMemory({ dir: cacheDir() })
  const qemu = await findQemu(process.env, memory)
  if (wish !== 'tcg') step('letting KVM prove itself')
  const accelerator = await chooseAccelerator(wish, qemu, memory)
  if (wish !== 'tcg') report(`accelerator: ${accelerator.name} (${accelerator.reason})`)
  step('guest image and kernel')
  const [made, slowness] = await Promise.all([images(), slownessOf(accelerator.name, qemu, memory)])
  return { qemu, accelerator: { ...accelerator, slowness }, ...made }
}

/** The guest image, from the cache where it is there. */
export async function prepareGuest(
  report: (line: string) => void,
  source: GuestSource = MICRO,
): Promise<{ readonly guest: GuestImage }> {
  return { guest: await prepareGuestImage(source, openCache(), report) }
}

/** Guest image and kernels, from the cache where they are there. */
export async function prepareImages(
  sources: readonly KernelSource[],
  report: (line: string) => void,
  step: (words: string) => void = () => undefined,
  asked: GuestSource = MICRO,
): Promise<{ readonly guest: GuestImage; readonly kernels: readonly ReadyKernel[] }> {
  const cache = openCache()
  // Kernels first: a version that the mirror lacks is bad usage, and should not be told after a long download.
  const found: (BootableKernel | undefined)[] = []
  const wanted = await modulesFor(asked)
  for (const source of sources)
    found.push(source.kind === 'own' ? undefined : await prepareKernel(source, cache, report, step, wanted))
  const { guest } = await prepareGuest(report, asked)
  const kernels: ReadyKernel[] = []
  for (const kernel of found) kernels.push(await withInitrd(kernel ?? ownKernel(guest), guest, report))
  return { guest, kernels }
}

/** The kernel with what it boots into. */
export async function withInitrd(
  kernel: BootableKernel,
  guest: GuestImage,
  report: (line: string) => void,
): Promise<ReadyKernel> {
  return { ...kernel, initrd: await initrdFor(guest, kernel, openCache(), report) }
}
