/** What `irqlab history` and `irqlab compare` can be told. */
import type { Command } from 'commander'
import { UsageError } from '../base/errors.ts'
import { valued } from './run-options.ts'
import { nonEmptyText, oneOf, wholeNumber } from './values.ts'

/** The values of the options of `irqlab history`. */
export interface HistoryOptions {
  readonly results?: string
  readonly kernel?: string
  readonly machine?: string
  /** Milliseconds of the epoch. */
  readonly since?: number
  readonly limit: number
  readonly html?: string
  readonly rebuild?: boolean
  readonly json?: boolean
}

/** The values of the options of `irqlab compare`. */
export interface CompareOptions {
  readonly results?: string
  readonly failOn?: 'slower'
  readonly rebuild?: boolean
  readonly json?: boolean
}

/** Adds the options of `irqlab compare` to its command. */
export function addCompareOptions(command: Command): Command {
  return addResultsOptions(command)
    .addOption(
      valued(
        '--fail-on <what>',
        'also end with 1 when something is `slower`',
        oneOf('--fail-on', ['slower']),
      ),
    )
    .option('--json', 'as JSON')
}

/** As many runs of each line, the newest, as usually say enough; of thousands the oldest say little. */
const LIMIT = 100
const LIMIT_MAX = 1_000_000

/** Adds the options of `irqlab history` to its command. */
export function addHistoryOptions(command: Command): Command {
  return addResultsOptions(command)
    .addOption(
      valued(
        '--since <when>',
        'only runs that began since: 12h, 7d, 4w, or a date such as 2026-11-22',
        sinceWhen('--since'),
      ),
    )
    .addOption(
      valued(
        '--kernel <kernel>',
        'only this kernel: as given to run, a release, or its beginning',
        nonEmptyText('--kernel'),
      ),
    )
    .addOption(valued('--machine <name>', 'only this machine', nonEmptyText('--machine')))
    .addOption(
      valued(
        '--limit <n>',
        'the newest n runs of each line count',
        wholeNumber('--limit', 1, LIMIT_MAX),
      ).default(LIMIT),
    )
    .addOption(valued('--html <file>', 'write a page of trends instead', nonEmptyText('--html')))
    .option('--json', 'as JSON')
}

/** What every question about earlier campaigns can be told. */
function addResultsOptions(command: Command): Command {
  return command
    .addOption(
      valued('--results <dir>', 'where the campaigns lie (default: results/)', nonEmptyText('--results')),
    )
    .option('--rebuild', 'read all records again, whatever the index says')
}

const UNITS: Readonly<Record<string, number>> = {
  h: 60 * 60_000,
  d: 24 * 60 * 60_000,
  w: 7 * 24 * 60 * 60_000,
}

/** A time that is past, in milliseconds of the epoch. Throws `UsageError`. */
export function sinceWhen(option: string, now: () => number = Date.now): (text: string) => number {
  return (text) => {
    const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? []
    if (count !== undefined) return now() - Number(count) * (UNITS[unit] ?? 0)
    const isDate = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z)?$/.test(text)
    const ms = isDate ? Date.parse(text) : NaN
    if (!Number.isNaN(ms)) return ms
    throw new UsageError(
      `${option} ${JSON.stringify(text)}: give hours, days or weeks such as 12h, 7d, 4w, or a date such as 2026-11-22`,
    )
  }
}
