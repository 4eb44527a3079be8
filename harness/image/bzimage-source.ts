/** What did the user mean by `--kernel [bzimage:]PATH[,modules=DIR]`? The kernel's header is read here. */
import { resolve } from 'node:path'
import { UsageError, messageOf } from '../base/errors.ts'
import { readBzImageHeader } from './bzimage.ts'
import { choices } from './debian-source.ts'
import type { KernelCatalogue } from './kernel-catalogue.ts'
import { lookAt, sourceRefusal } from './source-path.ts'

/** A kernel that the user has built. */
export interface LocalKernelSource {
  readonly kind: 'local'
  readonly text: string
  /** Absolute. */
  readonly bzImage: string
  readonly release: string
  /** Absolute: where `make modules_install` has put them, or any directory above. */
  readonly modulesDir: string | undefined
}

/** Reads `PATH` or `PATH,modules=DIR`. Throws `UsageError`. */
export function parseBzImageSource(
  text: string,
  wanted: string,
  catalogue: KernelCatalogue,
): LocalKernelSource {
  const at = wanted.lastIndexOf(',modules=')
  const file = at < 0 ? wanted : wanted.slice(0, at)
  const dir = at < 0 ? undefined : wanted.slice(at + ',modules='.length)
  const bzImage = resolve(file)
  if (file === '' && at >= 0) throw new UsageError(`--kernel ${text}: no kernel before ",modules="`)
  if (file === '') throw new UsageError(`--kernel ${text}: give the path of a bzImage`)
  const found = lookAt(bzImage)
  if (found === 'absent' && text === wanted && !file.includes('/')) {
    const bare = file.replace(/^(debian|linux|v)-?/, '')
    const known = catalogue.series.some(({ name }) => bare === name || bare.startsWith(`${name}.`))
    const meant = known ? `; did you mean debian:${bare}?` : `; by name there are ${choices(catalogue)}`
    throw new UsageError(`--kernel ${text}: no such file${meant}`)
  }
  if (found === 'directory') {
    throw sourceRefusal(
      text,
      file,
      `it is a directory, give the bzImage in it (arch/x86/boot/bzImage), or tree:${file}`,
    )
  }
  if (found !== 'file') throw sourceRefusal(text, file, found === 'absent' ? 'no such file' : found)
  return {
    kind: 'local',
    text,
    bzImage,
    release: releaseOf(text, file, bzImage),
    modulesDir: dir === undefined ? undefined : modulesDir(text, dir),
  }
}

/** The release that the kernel itself names. Throws `UsageError` when `bzImage` is no kernel that can be booted. */
export function releaseOf(text: string, part: string, bzImage: string): string {
  let header
  try {
    header = readBzImageHeader(bzImage)
  } catch (error) {
    throw sourceRefusal(text, part, `it cannot be read: ${messageOf(error)}`)
  }
  if (!header.ok) throw sourceRefusal(text, part, `it is no bootable kernel: ${header.why}`)
  return header.release
}

function modulesDir(text: string, dir: string): string {
  const path = resolve(dir)
  const found = dir === '' ? 'the name is empty' : lookAt(path)
  if (found === 'directory') return path
  const why =
    { absent: 'no such directory', file: 'it is a file, give the directory of the modules' }[found] ?? found
  throw sourceRefusal(text, `modules=${dir}`, why)
}
