/** Which kernels do Debian's indexes hold, and which packages is each made of? Pure. */
import type { IndexedPackage, PackageVersion } from './debian-archive.ts'
import { compareDebianVersions } from './debian-version.ts'

/** A kernel of one flavour in one package version. */
export interface DebianKernel {
  /** `6.12`. */
  readonly series: string
  /** The package version, such as `6.12.117-1~deb12u1`. */
  readonly version: string
  /** The release in the package's name; what `uname -r` says. */
  readonly release: string
  /** The suites that hold the package with this name. */
  readonly suites: readonly string[]
  /** All that must be fetched and is there; the first names the kernel. */
  readonly packages: readonly [PackageVersion, ...PackageVersion[]]
  /** Parts that it depends on and that are in no index. */
  readonly missing: readonly string[]
  /** Of all its packages that are there. */
  readonly sizeBytes: number
}

/** Packages that can be part of a kernel of the flavour: for `DebianArchive.indexed`. */
export function kernelPackagePattern(flavour: string): RegExp {
  return new RegExp(`^linux-(image|base|binary|modules)-[0-9].*${endOf(flavour)}(-unsigned)?$`)
}

/** `amd64` is the end of `cloud-amd64` too, and another flavour. */
function endOf(flavour: string): string {
  return `(?<!-cloud|-rt)-${flavour}`
}

/**
 * The kernels, oldest first. From 6.19 on linux-image only depends on linux-base, linux-binary and
 * linux-modules. A kernel whose signed package is gone or not yet there is taken unsigned: QEMU asks for no signature.
 */
export function kernelsIn(packages: readonly IndexedPackage[], flavour: string): readonly DebianKernel[] {
  const there = new Map(packages.map((one) => [key(one.name, one.version), one]))
  const kernels = new Map<string, DebianKernel>()
  for (const one of packages) {
    const { name, version, suites, depends, sizeBytes } = one
    const release = releaseOf(name, flavour)
    const series = /^\d+\.\d+/.exec(version)?.[0]
    // linux-image-6.12-cloud-amd64 is only a name for the newest of them.
    if (
      release === undefined ||
      series === undefined ||
      depends.some((other) => /^linux-image-[0-9]/.test(other))
    )
      continue
    if (name.endsWith('-unsigned') && there.has(key(name.slice(0, -'-unsigned'.length), version))) continue
    const parts = depends.filter((other) => /^linux-(base|binary|modules)-[0-9]/.test(other))
    const found = parts.flatMap((part) => there.get(key(part, version)) ?? [])
    kernels.set(key(release, version), {
      series,
      version,
      release,
      suites,
      packages: [one, ...found].map(({ name }) => ({ name, version })) as [PackageVersion],
      missing: isSplit(parts) ? parts.filter((part) => !there.has(key(part, version))) : [],
      sizeBytes: [...found.map((part) => part.sizeBytes), sizeBytes].reduce((sum, bytes) => sum + bytes, 0),
    })
  }
  return [...kernels.values()].sort((a, b) => compareDebianVersions(a.version, b.version))
}

/** In 6.18 linux-image is whole: its linux-base, which the mirror has no more, holds no part of the kernel. */
function isSplit(parts: readonly string[]): boolean {
  return parts.some((part) => part.startsWith('linux-binary-'))
}

function key(name: string, version: string): string {
  return `${name} ${version}`
}

function releaseOf(name: string, flavour: string): string | undefined {
  return new RegExp(`^linux-image-(.*${endOf(flavour)})(-unsigned)?$`).exec(name)?.[1]
}
