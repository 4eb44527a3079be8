/** How long will a run take that nobody has prepared yet? From durations that all runners of a campaign have alike. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { DURATIONS_BYTES_MAX, type Durations, parseDurations } from './durations.ts'

/** What is known of a run before its kernel is: that may be a series of which nobody knows yet which version it will be. */
export interface WeighedRun {
  readonly scenario: string
  readonly machine: string
}

/** Durations that come with irqlab, so that runners that know nothing of each other weigh alike. */
const SHIPPED = join(import.meta.dirname, 'shipped-durations.json')

/**
 * The durations to divide a campaign by: those of `file`, or the ones that come with irqlab. Never what this machine has seen
 * by itself: another runner has seen something else, and would divide otherwise. Throws `UsageError` for a file that is none.
 */
export function durationsToDivideBy(file: string | undefined): Durations {
  const path = file ?? SHIPPED
  try {
    if (statSync(path).size > DURATIONS_BYTES_MAX) throw new Error('too large for a file of durations')
    return parseDurations(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(
      `--durations ${path}: ${messageOf(error).replaceAll(/\s+/g, ' ').slice(0, 200)}; give the .durations.json of a results directory`,
    )
  }
}

/**
 * The weight of a run in milliseconds: the mean over the kernels on which this scenario was timed on this machine, else over
 * all machines, else the median of all that was timed.
 */
export function weigher(durations: Durations): (run: WeighedRun) => number {
  const timed = [...durations].map(([kind, ms]) => {
    const words = kind.split(' ')
    return { scenario: words[0] ?? '', machine: words.at(-1) ?? '', ms }
  })
  const sorted = timed.map(({ ms }) => ms).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? 1
  return ({ scenario, machine }) => {
    const same = timed.filter((one) => one.scenario === scenario)
    const onMachine = same.filter((one) => one.machine === machine)
    return mean(onMachine) ?? mean(same) ?? median
  }
}

function mean(timed: readonly { readonly ms: number }[]): number | undefined {
  return timed.length === 0 ? undefined : timed.reduce((sum, { ms }) => sum + ms, 0) / timed.length
}
