/** What did the user mean by `--kernel VALUE`? Answered without touching the network, before anything is built. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError, messageOf } from '../base/errors.ts'
import { type BuiltKernelSource, parseBuiltSource } from './build/built-source.ts'
import { readBzImageHeader } from './bzimage.ts'
import type { KernelCatalogue, KernelSeries } from './kernel-catalogue.ts'
import { readCatalogue } from './kernel-catalogue.ts'

/** A kernel that Debian ships: the newest of a series, or one exact package version of it. */
export interface DebianKernelSource {
  readonly kind: 'debian'
  /** As the user wrote it: `debian:6.1`. */
  readonly text: string
  readonly series: KernelSeries
  /** `cloud-amd64`: the end of the package's name. */
  readonly flavour: string
  /** `5.10.218-1`; absent: the newest. */
  readonly version: string | undefined
}

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

/** Any of them. */
export type KernelSource = DebianKernelSource | LocalKernelSource | BuiltKernelSource

/**
 * Reads `debian:SERIES`, `debian:VERSION` or `PATH[,modules=DIR]`. A local kernel's header is read here.
 * Throws `UsageError` with one line that names the value and what is wrong with it.
 */
export function parseKernelSource(text: string, catalogue: KernelCatalogue = readCatalogue()): KernelSource {
  if (text === '')
    throw new UsageError(`--kernel is empty: give ${choices(catalogue)} or the path of a bzImage`)
  if (text.startsWith('debian:')) return parseDebian(text, text.slice('debian:'.length), catalogue)
  if (text.startsWith('debian-source:')) return parseBuiltSource(text)
  return parseLocal(text, catalogue)
}

function parseDebian(text: string, wanted: string, catalogue: KernelCatalogue): DebianKernelSource {
  const { flavour } = catalogue
  const exact = catalogue.series.find(({ name }) => name === wanted)
  if (exact !== undefined) return { kind: 'debian', text, series: exact, flavour, version: undefined }
  const series = catalogue.series.find(({ name }) => wanted.startsWith(`${name}.`))
  if (series === undefined) {
    throw new UsageError(
      `--kernel ${text}: no such series; known are ${choices(catalogue)}${closest(wanted, catalogue)}`,
    )
  }
  // Debian policy 5.6.12; a package version always has a revision, which tells it from a release such as 6.1.0.
  if (!/^[0-9][0-9A-Za-z.+~]*-[0-9A-Za-z.+~]+$/.test(wanted)) {
    throw new UsageError(
      `--kernel ${text}: give debian:${series.name}, or a whole package version such as debian:${series.name}.9-1`,
    )
  }
  return { kind: 'debian', text, series, flavour, version: wanted }
}

function parseLocal(text: string, catalogue: KernelCatalogue): LocalKernelSource {
  const at = text.lastIndexOf(',modules=')
  const file = at < 0 ? text : text.slice(0, at)
  const dir = at < 0 ? undefined : text.slice(at + ',modules='.length)
  const bzImage = resolve(file)
  if (file === '') throw new UsageError(`--kernel ${text}: no kernel before ",modules="`)
  const found = lookAt(bzImage)
  if (found === 'absent' && !file.includes('/')) {
    const bare = file.replace(/^(debian|linux|v)-?/, '')
    const known = catalogue.series.some(({ name }) => bare === name || bare.startsWith(`${name}.`))
    const meant = known ? `; did you mean debian:${bare}?` : `; by name there are ${choices(catalogue)}`
    throw new UsageError(`--kernel ${text}: no such file${meant}`)
  }
  if (found === 'directory') {
    throw refusal(text, file, 'it is a directory, give the bzImage in it (arch/x86/boot/bzImage)')
  }
  if (found !== 'file') throw refusal(text, file, found === 'absent' ? 'no such file' : found)
  const release = releaseOf(text, file, bzImage)
  return {
    kind: 'local',
    text,
    bzImage,
    release,
    modulesDir: dir === undefined ? undefined : modulesDir(text, dir),
  }
}

function releaseOf(text: string, file: string, bzImage: string): string {
  let header
  try {
    header = readBzImageHeader(bzImage)
  } catch (error) {
    throw refusal(text, file, `it cannot be read: ${messageOf(error)}`)
  }
  if (!header.ok) throw refusal(text, file, `it is no bootable kernel: ${header.why}`)
  return header.release
}

function modulesDir(text: string, dir: string): string {
  const path = resolve(dir)
  const found = dir === '' ? 'the name is empty' : lookAt(path)
  if (found === 'directory') return path
  const why =
    { absent: 'no such directory', file: 'it is a file, give the directory of the modules' }[found] ?? found
  throw refusal(text, `modules=${dir}`, why)
}

/** Names the value, the part of it that is wrong, and why. */
function refusal(text: string, part: string, why: string): UsageError {
  return new UsageError(`--kernel ${text}: ${part === text ? '' : `${part}: `}${why}`)
}

/** What is at the path, or in a few words what stands in the way. */
function lookAt(path: string): string {
  try {
    const found = statSync(path)
    if (found.isDirectory()) return 'directory'
    return found.isFile() ? 'file' : 'it is neither a file nor a directory'
  } catch (error) {
    const message = messageOf(error)
    return /ENOENT|ENOTDIR/.test(message) ? 'absent' : message
  }
}

function choices(catalogue: KernelCatalogue): string {
  return catalogue.series.map(({ name }) => `debian:${name}`).join(', ')
}

/** The series with the same major number whose minor is nearest: 6.2 is most likely a slip for 6.1. */
function closest(wanted: string, catalogue: KernelCatalogue): string {
  const [major, minor] = wanted.split('.').map(Number)
  const near = catalogue.series
    .map(({ name }) => ({ name, numbers: name.split('.').map(Number) }))
    .filter(({ numbers }) => numbers[0] === major)
    .sort(
      (a, b) => Math.abs((a.numbers[1] ?? 0) - (minor ?? 0)) - Math.abs((b.numbers[1] ?? 0) - (minor ?? 0)),
    )[0]
  return near === undefined ? '' : `; the closest is debian:${near.name}`
}
