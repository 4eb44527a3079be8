/** Which of the mirror's kernels is meant by `debian:...`, and what is said when there is none? Pure. */
import { UsageError } from '../base/errors.ts'
import type { DebianKernel } from './debian-kernel-index.ts'
import type { DebianKernelSource } from './debian-source.ts'

/** The kernel that was asked for, if it is there with all its parts; the newest of a series that has them. */
export function chosenFrom(
  kernels: readonly DebianKernel[],
  { series, version }: DebianKernelSource,
): DebianKernel | undefined {
  return kernels.findLast(
    (one) =>
      one.missing.length === 0 &&
      (version === undefined ? one.series === series.name : one.version === version),
  )
}

/** Names what there is instead. `kernels` are all of the mirror, oldest first; `absent` are suites that it lacks. */
export function notThere(
  kernels: readonly DebianKernel[],
  { text, series, version }: DebianKernelSource,
  absent: readonly string[],
): UsageError {
  // The flavour, as it was asked for, goes with each that is named instead.
  const [, option = ''] = /(,.*)$/.exec(text) ?? []
  const ofSeries = kernels.filter((one) => one.series === series.name)
  const meant = version === undefined ? ofSeries.at(-1) : ofSeries.find((one) => one.version === version)
  const whole = kernels.filter(({ missing }) => missing.length === 0)
  const seriesThere = [...new Set(whole.map((one) => one.series))]
  const without = absent.length === 0 ? '' : ` (it does not carry ${absent.join(', ')})`
  const refuse = (why: string) => new UsageError(`--kernel ${text}: ${why}`)
  if (meant !== undefined) {
    const near = nearest(series.name, seriesThere).map((name) => `debian:${name}${option}`)
    return refuse(
      `the mirror has ${meant.version} without ${meant.missing.join(' and ')}, and so no driver for the interface under test; the nearest that are whole: ${near.join(', ')}`,
    )
  }
  const versions = whole.filter((one) => one.series === series.name).map((one) => one.version)
  if (versions.length > 0)
    return refuse(`not on the mirror${without}; of ${series.name} it has ${versions.join(', ')}`)
  return refuse(
    `the mirror has no kernel ${series.name}${without}; it has ${seriesThere.map((name) => `debian:${name}${option}`).join(', ') || 'none'}`,
  )
}

/** The series before and the one after. */
function nearest(wanted: string, there: readonly string[]): readonly string[] {
  const before = there.findLast((name) => compareSeries(name, wanted) < 0)
  const after = there.find((name) => compareSeries(name, wanted) > 0)
  return [before, after].filter((name) => name !== undefined)
}

function compareSeries(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
