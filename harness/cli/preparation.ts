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
import { type MicroGuest, prepareMicroGuest } from '../image/micro-guest.ts'
import type { ReadyKernel } from '../campaign/run-campaign.ts'
import { startSpareWorker } from '../campaign/worker-process.ts'

/** What preparation gives: all that a campaign needs of this machine and of the cache. */
export interface Preparation {
  readonly qemu: QemuBinary
  readonly accelerator: Accelerator
  readonly guest: MicroGuest
  /** In the order of the sources. */
  readonly kernels: readonly ReadyKernel[]
}

/** `report` gets lines that stay, `step` what is being done. Packages first, then the accelerator (quick to fail), then what may take a download. Throws `Trouble` or `UsageError`. */
export async function prepare(
  sources: readonly KernelSource[],
  wish: AcceleratorWish,
  report: (line: string) => void,
  step: (words: string) => void = () => undefined,
): Promise<Preparation> {
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
  const [images, slowness] = await Promise.all([
    prepareImages(sources, report),
    slownessOf(accelerator.name, qemu, memory),
  ])
  return { qemu, accelerator: { ...accelerator, slowness }, ...images }
}

/** Guest image and kernels, from the cache where they are there. */
export async function prepareImages(
  sources: readonly KernelSource[],
  report: (line: string) => void,
): Promise<{ readonly guest: MicroGuest; readonly kernels: readonly ReadyKernel[] }> {
  const cache = openCache()
  // Kernels first: a version that the mirror lacks is bad usage, and should not be told after a long download.
  const found: BootableKernel[] = []
  for (const source of sources) found.push(await prepareKernel(source, cache, report))
  const guest = await prepareMicroGuest(cache, report)
  const kernels: ReadyKernel[] = []
  for (const kernel of found)
    kernels.push({ ...kernel, initrd: await initrdFor(guest, kernel, cache, report) })
  return { guest, kernels }
}
