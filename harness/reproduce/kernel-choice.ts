/** Which kernel is nearest to the one of the machine? The same package where Debian has it, else the nearest, said loudly. Pure. */
import type { KernelRelease } from '../irq/kernel-release.ts'

/** A kernel that can be had, oldest first in a list. */
export interface KernelThere {
  /** `6.12`. */
  readonly series: string
  /** The package version. */
  readonly version: string
  /** `6.12.117+deb13-cloud-amd64` */
  readonly release: string
  /** As --kernel takes it, `debian:6.12.117-1`. */
  readonly text: string
}

/** What the machine said of its kernel. */
export interface KernelSeen {
  readonly release: KernelRelease | undefined
  readonly buildText: string | undefined
}

/** `same`: of the same source. */
export type Closeness = 'same' | 'same series' | 'other series' | 'unknown' | 'given'

/** The choice. */
export interface KernelChoice {
  /** As --kernel takes it. */
  readonly kernel: string
  readonly closeness: Closeness
  /** In one sentence. */
  readonly sentence: string
}

/** Chooses among `there`, which must not be empty. */
export function chooseKernel(seen: KernelSeen, there: readonly KernelThere[]): KernelChoice {
  const { release, buildText } = seen
  const newest = there.at(-1)
  if (newest === undefined) throw new RangeError('no kernel to choose from')
  if (release === undefined)
    return choice(newest, 'unknown', 'the capture does not say which kernel it was; the newest is taken')
  const built = /\bDebian (\d[\w.+~]*-[\w.+~]+)/.exec(buildText ?? '')?.[1]
  const ofPackage = built === undefined ? undefined : there.findLast(({ version }) => version === built)
  if (ofPackage !== undefined)
    return choice(
      ofPackage,
      'same',
      `${built} is on the mirror: the same source${flavour(release, ofPackage)}`,
    )
  const abi = withoutFlavour(release.text)
  const ofName =
    built === undefined ? there.findLast((one) => withoutFlavour(one.release) === abi) : undefined
  if (ofName !== undefined && /-\d+-|\+deb|-\d+\.\d/.test(`${ofName.release}-`))
    return choice(
      ofName,
      'same',
      `${release.text} has the name of Debian's ${ofName.version}${flavour(release, ofName)}`,
    )
  const series = `${release.major}.${release.minor}`
  const patch = patchOf(release, built)
  const own = there.filter((one) => one.series === series)
  if (own.length > 0) {
    const near = nearest(own, patch)
    const isSame = patch !== undefined && patchIn(near) === patch
    const said = isSame
      ? `the stable release is the same, ${series}.${patch}`
      : patch === undefined
        ? `${release.text} does not tell which stable release it has; the newest ${series} is taken`
        : `${built ?? `${series}.${patch}`} is not on the mirror; the nearest ${series} there is taken`
    return choice(near, 'same series', `${said}: ${near.version}${foreign(release, built)}`)
  }
  const wanted = numberOf(series)
  const distance = ({ series: name }: KernelThere) => Math.abs(numberOf(name) - wanted)
  const least = Math.min(...there.map(distance))
  const near = there.findLast((one) => distance(one) === least) ?? newest
  return choice(
    near,
    'other series',
    `the mirror has no ${series}: ${near.version} is taken, WHICH IS ANOTHER KERNEL; what differs between them may be the very thing${foreign(release, built)}`,
  )
}

/** What stands for the index of the mirror when it cannot be asked: the newest of each series of the catalogue. */
export function withoutIndex(series: readonly string[]): readonly KernelThere[] {
  return series.map((name) => ({ series: name, version: name, release: name, text: `debian:${name}` }))
}

function choice(kernel: KernelThere, closeness: Closeness, sentence: string): KernelChoice {
  return { kernel: kernel.text, closeness, sentence }
}

/** Which of these flavours is a release of? The end of its name tells; undefined for one that is not Debian's, or of none of them. */
export function flavourIn(release: string, flavours: readonly string[]): string | undefined {
  const [end] = /(?:cloud-|rt-)?amd64$/.exec(release) ?? []
  return flavours.find((flavour) => flavour === end)
}

/** `6.1.0-56-cloud-amd64` and `6.1.0-56-amd64` were built from one source. */
function withoutFlavour(release: string): string {
  return release.replace(/(?:-(?:cloud|rt|unsigned))*-(?:amd64|x86_64|686|686-pae)$/, '')
}

function flavour(release: KernelRelease, { release: ours }: KernelThere): string {
  return release.text === ours ? '' : `, in the flavour of ${ours}`
}

/** Up to 12 Debian names its kernels x.y.0-ABI: only the package version has the stable release. */
function patchOf(release: KernelRelease, built: string | undefined): number | undefined {
  const ofPackage = /^\d+\.\d+\.(\d+)/.exec(built ?? '')?.[1]
  if (ofPackage !== undefined) return Number(ofPackage)
  return release.patch === 0 && release.text.includes('-') ? undefined : release.patch
}

function nearest(kernels: readonly KernelThere[], patch: number | undefined): KernelThere {
  const last = kernels.at(-1)
  if (last === undefined) throw new RangeError('no kernel to choose from')
  if (patch === undefined) return last
  const distance = (one: KernelThere) => Math.abs(patchIn(one) - patch)
  return kernels.reduce((best, one) => (distance(one) < distance(best) ? one : best))
}

function patchIn({ version }: KernelThere): number {
  return Number(/^\d+\.\d+\.(\d+)/.exec(version)?.[1] ?? Infinity)
}

/** A distribution that carries fixes back has another kernel under the same number. */
function foreign({ text }: KernelRelease, built: string | undefined): string {
  const vendor =
    /\.(el\d+|amzn\d*|fc\d+|oe\d*|an\d+)(?![a-z0-9])|-(generic|azure|aws|gcp|default|lowlatency|pve|Microsoft)\b/i.exec(
      text,
    )?.[0]
  if (built !== undefined || vendor === undefined) return ''
  return `; ${text} is a distribution's own, which carries changes of other releases: use --kernel with its package if you have it (deb:FILE or bzimage:PATH)`
}

/** Releases of a major version: 5.19 is followed by 6.0. */
const MINORS: Readonly<Record<number, number>> = { 3: 20, 4: 21, 5: 20, 6: 20 }

/** How many releases came before it, from 3.0 on. */
function numberOf(series: string): number {
  const [major = 0, minor = 0] = series.split('.').map(Number)
  let number = minor
  for (let before = 3; before < major; before++) number += MINORS[before] ?? 20
  return number
}
