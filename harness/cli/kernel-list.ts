/** `irqlab kernel list`: which kernels the mirror has, in which suites, and which of them are in the cache. */
import { UsageError } from '../base/errors.ts'
import { ensurePackages } from '../host/packages.ts'
import { afresh } from '../host/memory.ts'
import { cacheMemory } from '../image/cache-memory.ts'
import { cacheDir, openCache } from '../image/cache.ts'
import { debianSourceText } from '../image/debian-source.ts'
import type { DebianKernel } from '../image/debian-kernel-index.ts'
import { fetchedVersion } from '../image/debian-kernel.ts'
import { type KernelCatalogue, readCatalogue } from '../image/kernel-catalogue.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { mirrorKernels } from '../image/mirror-kernels.ts'
import { type Palette, pad, paletteFor } from '../report/colour.ts'

const LIST_SCHEMA = 'irqlab.kernels/1'

/** A kernel of the mirror, as it is shown. */
export interface ListedKernel extends DebianKernel {
  /** It is in the cache, by its series or by its version. */
  readonly fetched: boolean
}

/** Prints them, newest first. Throws `Trouble` when the mirror cannot be asked. */
export async function kernelListCommand(options: {
  readonly json?: boolean
  readonly refresh?: boolean
  readonly flavour?: string
}): Promise<number> {
  const report = (line: string) => process.stderr.write(`${line}\n`)
  const known = readCatalogue()
  const { flavour = known.flavour } = options
  if (!known.flavours.includes(flavour))
    throw new UsageError(`--flavour ${flavour}: no such flavour; there are ${known.flavours.join(', ')}`)
  await ensurePackages(report)
  const memory = cacheMemory({ dir: cacheDir() })
  const { kernels, absent, askedAt } = await mirrorKernels(
    { ...known, flavour },
    options.refresh === true ? afresh(memory) : memory,
    report,
  )
  const listed = kernels
    .map((kernel) => ({ ...kernel, fetched: isFetched(kernel, flavour, known) }))
    .toReversed()
  if (options.json === true) {
    const document = { schema: LIST_SCHEMA, askedAt, flavour, absentSuites: absent, kernels: listed }
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    return 0
  }
  process.stdout.write(`${kernelLines(listed, known, paletteFor(process.stdout)).join('\n')}\n`)
  const lacks = absent.length === 0 ? '' : `; it does not carry ${absent.join(', ')}`
  process.stdout.write(
    `as the mirror had it at ${askedAt} (--refresh asks again)${lacks}\n* in the cache; take one with --kernel ${debianSourceText('SERIES', flavour, known)} or ${debianSourceText('VERSION', flavour, known)}\n`,
  )
  return 0
}

function isFetched(kernel: DebianKernel, flavour: string, catalogue: KernelCatalogue): boolean {
  const cache = openCache()
  return [kernel.version, kernel.series].some((name) => {
    const source = parseKernelSource(debianSourceText(name, flavour, catalogue), catalogue)
    return source.kind === 'debian' && fetchedVersion(source, cache) === kernel.version
  })
}

/** A block for each series: its note, and a line for each version. */
export function kernelLines(
  kernels: readonly ListedKernel[],
  catalogue: KernelCatalogue,
  palette: Palette,
): readonly string[] {
  const series = [...new Set(kernels.map((kernel) => kernel.series))]
  return series.flatMap((name) => {
    const all = kernels.filter((kernel) => kernel.series === name)
    const note = catalogue.series.find((known) => known.name === name)?.note
    const head = `${palette.bold(`debian:${name}`)}${note === undefined ? '' : palette.dim(`  ${note}`)}`
    return [head, ...all.map((kernel) => kernelLine(kernel, palette))]
  })
}

function kernelLine(
  { version, release, suites, missing, sizeBytes, fetched }: ListedKernel,
  palette: Palette,
): string {
  const start = `${fetched ? '*' : ' '} ${pad(version, 24)}`
  if (missing.length > 0) {
    const lost = missing.map((name) => name.replace(/-[0-9].*/, '')).join(', ')
    return palette.dim(`${start}not usable: ${lost} gone from the mirror`)
  }
  const mb = `${(sizeBytes / 1e6).toFixed(0)} MB`
  return `${start}${pad(suites.join(', '), 34)}${mb.padStart(6)}  ${palette.dim(release)}`
}
