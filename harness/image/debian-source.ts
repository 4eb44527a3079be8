/** What did the user mean by `--kernel debian:VALUE`? Whether the mirror has it is found out when it is fetched. */
import { UsageError } from '../base/errors.ts'
import type { KernelCatalogue, KernelSeries } from './kernel-catalogue.ts'

/** A kernel that Debian ships: the newest of a series, or one exact package version of it. */
export interface DebianKernelSource {
  readonly kind: 'debian'
  /** As the user wrote it: `debian:6.1`. */
  readonly text: string
  /** One that is not in the catalogue has all suites. */
  readonly series: KernelSeries
  /** `cloud-amd64`: the end of the package's name. */
  readonly flavour: string
  /** `5.10.218-1`; absent: the newest. */
  readonly version: string | undefined
  /** Where to look for what is not in the suites of the series. */
  readonly allSuites: readonly string[]
}

const FLAVOUR = ',flavour='

/** Reads `SERIES`, `VERSION` or `SERIES=VERSION`, each with `,flavour=FLAVOUR` behind it or without. Throws `UsageError`. */
export function parseDebianSource(
  text: string,
  wanted: string,
  catalogue: KernelCatalogue,
): DebianKernelSource {
  const comma = wanted.indexOf(',')
  const kernel = comma < 0 ? wanted : wanted.slice(0, comma)
  const flavour = comma < 0 ? catalogue.flavour : flavourNamed(text, wanted.slice(comma), catalogue)
  const at = kernel.indexOf('=')
  const [named, version] = at < 0 ? [kernel, undefined] : [kernel.slice(0, at), kernel.slice(at + 1)]
  const allSuites = catalogue.suites
  const series = seriesNamed(named, catalogue)
  if (series !== undefined) {
    if (version !== undefined) checkVersion(text, series.name, version)
    return { kind: 'debian', text, series, flavour, version, allSuites }
  }
  const name = /^\d+\.\d+(?=[.~-])/.exec(named)?.[0]
  const ofVersion = name === undefined ? undefined : seriesNamed(name, catalogue)
  if (ofVersion === undefined || version !== undefined) {
    throw new UsageError(
      `--kernel ${text}: ${version === undefined ? 'no' : `${named} is no`} such series; known are ${choices(catalogue)}`,
    )
  }
  checkVersion(text, ofVersion.name, named)
  return { kind: 'debian', text, series: ofVersion, flavour, version: named, allSuites }
}

function flavourNamed(text: string, option: string, { flavours }: KernelCatalogue): string {
  const name = option.startsWith(FLAVOUR) ? option.slice(FLAVOUR.length) : undefined
  if (name !== undefined && flavours.includes(name)) return name
  const is = name === undefined ? `"${option.slice(1)}" is no option` : `"${name}" is no flavour`
  throw new UsageError(`--kernel ${text}: ${is}; give one of ${flavours.join(', ')} behind "${FLAVOUR}"`)
}

/** How a kernel of this flavour is asked for; `which` is a series or a version. */
export function debianSourceText(
  which: string,
  flavour: string,
  catalogue: Pick<KernelCatalogue, 'flavour'>,
): string {
  return `debian:${which}${flavour === catalogue.flavour ? '' : FLAVOUR + flavour}`
}

/** Any series may be on the mirror; those of the catalogue are found faster. */
function seriesNamed(name: string, catalogue: KernelCatalogue): KernelSeries | undefined {
  const known = catalogue.series.find((series) => series.name === name)
  if (known !== undefined) return known
  return /^\d+\.\d+$/.test(name) ? { name, suites: catalogue.suites, note: '' } : undefined
}

/** Debian policy 5.6.12; a package version always has a revision, which tells it from a release such as 6.1.0. */
function checkVersion(text: string, series: string, version: string): void {
  const ofSeries = version.startsWith(series) && /^[.~-]/.test(version.slice(series.length))
  if (ofSeries && /^[0-9][0-9A-Za-z.+~]*-[0-9A-Za-z.+~]+$/.test(version)) return
  throw new UsageError(
    `--kernel ${text}: give debian:${series}, or a whole package version of it such as debian:${series}.9-1`,
  )
}

/** The series of the catalogue, as they are asked for. */
export function choices(catalogue: KernelCatalogue): string {
  return catalogue.series.map(({ name }) => `debian:${name}`).join(', ')
}
