/** Where do the reports go that `--reporter` asks for? Checked whole before anything is run. */
import { accessSync, constants, lstatSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { errnoOf } from '../host/errno.ts'
import { isPseudo, nearest } from '../record/results-dir.ts'
import type { ReportKind } from '../report/formats.ts'
import { parseReporter } from './reporter-option.ts'

/** A report in a file. */
export interface FileTarget {
  readonly kind: ReportKind
  /** Absolute. */
  readonly file: string
}

/** All reports of a campaign. */
export interface ReportTargets {
  /** What standard output gets; with `--json`, what standard error gets. */
  readonly shown: ReportKind
  readonly files: readonly FileTarget[]
  /** Where GitHub takes Markdown from, with the reporter `github` on standard output. Absolute. */
  readonly stepSummary?: string
}

/** What decides where reports go, beside the reporters. */
export interface ReportPlaces {
  readonly json?: boolean | undefined
  /** Standard output is a terminal. */
  readonly isTTY: boolean
  readonly env: NodeJS.ProcessEnv
}

/**
 * What goes where. Without a reporter for standard output that is `pretty` on a terminal, and `plain` elsewhere. Throws
 * `UsageError` for two that would write to one place, and for a file that cannot be written.
 */
export function reportTargets(given: readonly string[], { json, isTTY, env }: ReportPlaces): ReportTargets {
  const all = given.map(parseReporter)
  const out = all.filter(({ file }) => file === undefined).map(({ kind }) => kind)
  if (out.length > 1)
    throw new UsageError(
      `--reporter ${out[0]} and --reporter ${out[1]} both write to standard output: give one a file, ${out[1]}=FILE`,
    )
  const [shown = isTTY ? 'pretty' : 'plain'] = out
  if (json === true && shown !== 'pretty' && shown !== 'plain')
    throw new UsageError(
      `--json and --reporter ${shown} both write to standard output: give the report a file, ${shown}=FILE`,
    )
  const files = all.flatMap(({ kind, file }) => (file === undefined ? [] : [{ kind, file }]))
  const twice = files.find(({ file }, at) => files.findIndex((one) => one.file === file) !== at)
  if (twice !== undefined)
    throw new UsageError(`--reporter ${twice.kind}=${twice.file}: two reports in one file`)
  for (const { kind, file } of files) checkFile(kind, file)
  const stepSummary = shown === 'github' ? env['GITHUB_STEP_SUMMARY'] : undefined
  return {
    shown,
    files,
    ...(stepSummary === undefined || stepSummary === '' ? {} : { stepSummary: resolve(stepSummary) }),
  }
}

/** Removes what an earlier campaign left under these names: nobody is to take yesterday's report for today's. */
export function removeStale({ files }: Pick<ReportTargets, 'files'>): void {
  for (const { file } of files) rmSync(file, { force: true })
}

/** A report replaces its file: a pipe or a device cannot be replaced. */
function checkFile(kind: ReportKind, file: string): void {
  const called = `--reporter ${kind}=${file}`
  const there = nearest(file)
  if (there === file) {
    if (!lstatSync(file).isFile())
      throw new UsageError(`${called}: it is there and no plain file; leave =FILE out for standard output`)
  } else if (!statSync(there).isDirectory()) throw new UsageError(`${called}: ${there} is not a directory`)
  const dir = there === file ? dirname(file) : there
  if (isPseudo(dir)) throw new UsageError(`${called}: ${dir} is no place for files`)
  try {
    accessSync(dir, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new UsageError(
      `${called}: nothing can be written to ${dir} (${errnoOf(error) ?? messageOf(error)})`,
    )
  }
}
