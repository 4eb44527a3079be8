/** `irqlab image build|list|prune`: the cache of guest images and kernels. */
import { listImages, openCache, pruneImages } from '../image/cache.ts'
import { imageTitle } from '../image/image-title.ts'
import { MICRO, parseGuestSource } from '../image/guest-source.ts'
import { checkGuest, defaultKernel } from '../image/prepare-guest-image.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { ensurePackages } from '../host/packages.ts'
import { paletteFor, pad } from '../report/colour.ts'
import { prepareImages } from './preparation.ts'

/** Makes everything ready that a run with these kernels needs. */
export async function imageBuildCommand(
  kernels: readonly string[],
  asked: string = MICRO.text,
): Promise<number> {
  const source = parseGuestSource(asked)
  const sources = (kernels.length > 0 ? kernels : [defaultKernel(source)]).map((text) =>
    parseKernelSource(text),
  )
  checkGuest(source, sources, { append: '' })
  const report = (line: string) => process.stderr.write(`${line}\n`)
  await ensurePackages(report)
  const { guest, kernels: ready } = await prepareImages(sources, report, undefined, source)
  process.stdout.write(
    `${guest.flavour === 'micro' ? 'micro guest' : guest.flavour}: ${guest.disk?.path ?? guest.initramfs}\n`,
  )
  for (const { source, release, bzImage } of ready)
    process.stdout.write(`${source}: ${release}: ${bzImage}\n`)
  return 0
}

/** Prints what is in the cache. */
export async function imageListCommand(options: { readonly json?: boolean }): Promise<number> {
  const images = listImages(openCache())
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: 'irqlab.images/1', images }, null, 2)}\n`)
    return 0
  }
  const { dim } = paletteFor(process.stdout)
  for (const image of images) {
    const used = dim(`last used ${image.usedAt.toISOString()}`)
    process.stdout.write(`${pad(megabytes(image.sizeBytes), 10)}${imageTitle(image)}  ${used}\n`)
  }
  const total = images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  process.stdout.write(`${megabytes(total)} in ${images.length} images\n`)
  return 0
}

/** Empties the cache. */
export async function imagePruneCommand(): Promise<number> {
  const gone = await pruneImages(openCache(), (line) => process.stderr.write(`${line}\n`))
  const total = gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  process.stdout.write(`removed ${gone.length} images, ${megabytes(total)}\n`)
  return 0
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
