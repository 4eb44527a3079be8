/** Where is the configuration that a local kernel was built with? Beside it, in its build tree, or inside it. */
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { run } from '../host/shell.ts'
import { readBzImageHeader } from './bzimage.ts'
import { cached } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import type { LocalKernelSource } from './bzimage-source.ts'

/** The path of a readable configuration of this kernel; `undefined` when there is none. `sha256` is of the bzImage. */
export async function findKernelConfig(
  source: LocalKernelSource,
  sha256: string,
  cache: ImageCache,
  report: Report,
): Promise<string | undefined> {
  const beside = candidates(source).find((path) => existsSync(path))
  if (beside !== undefined) return beside
  const dir = await cached(
    cache,
    `config-${source.release}-${sha256.slice(0, 16)}`,
    report,
    async (partial) => {
      const inside = await embeddedConfig(source.bzImage, partial)
      // An empty directory is an answer too: this kernel carries no configuration, and need not be unpacked again.
      if (inside !== undefined) writeFileSync(join(partial, 'config'), inside)
    },
  )
  const config = join(dir, 'config')
  return existsSync(config) ? config : undefined
}

function candidates({ bzImage, release, modulesDir }: LocalKernelSource): readonly string[] {
  const dir = dirname(bzImage)
  const modules = modulesDir === undefined ? [] : [modulesDir, join(modulesDir, 'lib/modules', release)]
  return [
    ...(dir.endsWith('/arch/x86/boot') ? [resolve(dir, '../../../.config')] : []),
    ...(basename(bzImage) === 'vmlinuz' ? [join(dir, 'config')] : []),
    join(dir, `config-${release}`),
    ...modules.flatMap((path) => [join(path, 'build/.config'), join(path, 'config'), join(path, '.config')]),
  ]
}

const gzip = Buffer.from([0x1f, 0x8b])
const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
const xz = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])

/**
 * The configuration that CONFIG_IKCONFIG puts into the kernel, between the marks IKCFG_ST and IKCFG_ED (linux:
 * kernel/configs.c). Best effort: `undefined` when it has none, or is packed by a method that we cannot unpack.
 */
async function embeddedConfig(bzImage: string, work: string): Promise<Buffer | undefined> {
  const vmlinux = await unpackPayload(bzImage, work)
  const start = vmlinux?.indexOf('IKCFG_ST') ?? -1
  const end = vmlinux?.indexOf('IKCFG_ED', start) ?? -1
  if (vmlinux === undefined || start < 0 || end < 0) return undefined
  return gunzipSync(vmlinux.subarray(start + 'IKCFG_ST'.length, end))
}

async function unpackPayload(bzImage: string, work: string): Promise<Buffer | undefined> {
  const header = readBzImageHeader(bzImage)
  if (!header.ok) return undefined
  const payload = Buffer.alloc(header.payload.length)
  const fd = openSync(bzImage, 'r')
  try {
    readSync(fd, payload, 0, payload.length, header.payload.offset)
  } finally {
    closeSync(fd)
  }
  // The unpacked size follows the packed data for the methods that do not store it (linux: scripts/Makefile.lib).
  const packed = payload.subarray(0, -4)
  try {
    if (startsWith(payload, gzip)) return gunzipSync(payload)
    if (startsWith(payload, zstd)) return zstdDecompressSync(packed)
    if (startsWith(payload, xz)) return await unpackXz(packed, work)
  } catch {
    return undefined
  }
  return undefined
}

async function unpackXz(packed: Buffer, work: string): Promise<Buffer> {
  const file = join(work, 'vmlinux')
  writeFileSync(`${file}.xz`, packed)
  await run(['xz', '--decompress', `${file}.xz`], { stage: 'image.config', limitMs: 120_000 })
  return readFileSync(file)
}

function startsWith(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic)
}
