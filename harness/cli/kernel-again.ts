/** Where is the very kernel that an earlier run booted? In its bundle, still in the cache, or made again; proved by its hash. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Trouble } from '../base/errors.ts'
import type { RunFound } from '../bundle/run-found.ts'
import type { GuestImage } from '../image/guest-image.ts'
import type { GuestSource } from '../image/guest-source.ts'
import { openCache } from '../image/cache.ts'
import { type BootableKernel, prepareKernel } from '../image/kernel.ts'
import { OWN_KERNEL, parseKernelSource } from '../image/kernel-source.ts'
import { modulesFor, ownKernel } from '../image/prepare-guest-image.ts'
import type { Telling } from './preparation.ts'
import { withHome } from '../base/without-home.ts'

const environmentSchema = z.object({
  kernel: z.object({ bzImage: z.string(), modulesCpio: z.string().optional() }),
})

/** The kernel. Throws `Trouble` when what there is has another hash, and what making it again throws. */
export async function kernelAgain(
  { dir, record, bundle }: RunFound,
  guestSource: GuestSource,
  guest: GuestImage,
  { report, step }: Telling,
): Promise<BootableKernel> {
  if (record.kernel.source === OWN_KERNEL) {
    const own = ownKernel(guest)
    if (own.sha256 === record.kernel.sha256) return own
    throw otherKernel(`${record.guest.source ?? ''} was changed since`, record.kernel.sha256, own.sha256)
  }
  const packed = bundle === undefined ? undefined : packedIn(bundle)
  const files = packed ?? cachedFor(dir, record.kernel.sha256)
  if (files !== undefined) {
    checkHash(readFileSync(files.bzImage), record.kernel.sha256, files.bzImage)
    return {
      source: record.kernel.source,
      release: record.kernel.release,
      sha256: record.kernel.sha256,
      config: undefined,
      packageVersion: record.kernel.packageVersion,
      suites: record.kernel.suites,
      configSha256: record.kernel.configSha256,
      ...files,
    }
  }
  report(`the kernel of the run is not here any more: making ${record.kernel.source} again`)
  const source = parseKernelSource(record.kernel.source)
  const kernel = await prepareKernel(source, openCache(), report, step, await modulesFor(guestSource))
  if (kernel.sha256 === record.kernel.sha256) return kernel
  throw otherKernel(`${record.kernel.source} is ${kernel.release} now`, record.kernel.sha256, kernel.sha256)
}

type KernelFiles = Pick<BootableKernel, 'bzImage' | 'modulesCpio'>

function packedIn(bundle: string): KernelFiles | undefined {
  const bzImage = join(bundle, 'images/bzImage')
  if (!existsSync(bzImage)) return undefined
  const modules = join(bundle, 'images/modules.cpio')
  const hasModules = existsSync(modules) && readFileSync(modules).length > 0
  return { bzImage, modulesCpio: hasModules ? modules : undefined }
}

/** Undefined when it is gone, or is another by now: then it is made again. */
function cachedFor(dir: string, wanted: string): KernelFiles | undefined {
  const environment = join(dir, 'environment.json')
  if (!existsSync(environment)) return undefined
  const read = environmentSchema.safeParse(JSON.parse(readFileSync(environment, 'utf8')))
  if (!read.success) return undefined
  const { bzImage, modulesCpio } = read.data.kernel
  const paths = [bzImage, ...(modulesCpio === undefined ? [] : [modulesCpio])].map((path) => withHome(path))
  const [kernel = '', modules] = paths
  if (!paths.every((path) => existsSync(path)) || sha256(readFileSync(kernel)) !== wanted) return undefined
  return { bzImage: kernel, modulesCpio: modules }
}

function checkHash(bytes: Buffer, wanted: string, what: string): void {
  const found = sha256(bytes)
  if (found !== wanted) throw otherKernel(what, wanted, found)
}

function otherKernel(what: string, wanted: string, found: string): Trouble {
  return new Trouble('replay.kernel', `${what}, which is another kernel than that of the run`, {
    lasting: true,
    hint: `the run booted the bzImage with sha256 ${wanted}, this one has ${found}; a bundle of the run has it`,
  })
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
