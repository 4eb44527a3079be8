/** Which options shall a kernel be built with? Reads fragments of a configuration, and asks whether all of it survived. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError, messageOf } from '../../base/errors.ts'
import { compareReleases, type SourceVersion } from './source-version.ts'

/** One line that asks for an option. */
export interface WantedOption {
  /** `CONFIG_SMP` */
  readonly name: string
  /** `y`, a number, a quoted text; `n`: it shall not be set. */
  readonly value: string
  /** `FILE:LINE`, for messages. */
  readonly where: string
  /** Asked only of kernels that have such an option at all. */
  readonly whereKnown: boolean
}

/** What was asked for and is not so in the finished configuration. */
export interface LostOption extends WantedOption {
  /** Absent: it is not set at all. */
  readonly found: string | undefined
}

/** Our own fragment: small, boots fast, and has whatever our evidence needs. */
export const fragmentPath = resolve(import.meta.dirname, '../../../images/kernel.config')

/**
 * The options that a fragment asks of this version. Lines are those of a .config; a comment `#@ since 6.5`, `#@ before 6.12`
 * or `#@ since 6.1 before 6.12` limits the lines that follow it, up to the next empty line, and so does `#@ where known`.
 * Throws `UsageError` naming the line of anything else.
 */
export function readFragment(path: string, version: SourceVersion): readonly WantedOption[] {
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`--config ${path}: ${messageOf(error)}`)
  }
  return parseFragment(text, path, version)
}

/** The same from a text; `called` names it in messages. */
export function parseFragment(text: string, called: string, version: SourceVersion): readonly WantedOption[] {
  const wanted: WantedOption[] = []
  let [applies, whereKnown] = [true, false]
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trimEnd()
    const where = `${called}:${index + 1}`
    if (line === '') [applies, whereKnown] = [true, false]
    else if (line === '#@ where known') whereKnown = true
    else if (line.startsWith('#@')) applies = inRange(line, where, version)
    else {
      const option = parseLine(line, where)
      if (option !== undefined && applies) wanted.push({ ...option, where, whereKnown })
    }
  }
  return wanted
}

function inRange(line: string, where: string, version: SourceVersion): boolean {
  const [match, since, before] = /^#@(?: since (\d+\.\d+))?(?: before (\d+\.\d+))?$/.exec(line) ?? []
  if (match === undefined || (since === undefined && before === undefined)) {
    throw new UsageError(
      `${where}: "${line}": write "#@ since 6.5", "#@ before 6.12", both, or "#@ where known"`,
    )
  }
  const isSince = since === undefined || compareReleases(version.series, since) >= 0
  return isSince && (before === undefined || compareReleases(version.series, before) < 0)
}

function parseLine(line: string, where: string): Pick<WantedOption, 'name' | 'value'> | undefined {
  const unset = /^# (CONFIG_\w+) is not set$/.exec(line)?.[1]
  if (unset !== undefined) return { name: unset, value: 'n' }
  if (line.startsWith('#')) return undefined
  const [, name, value] = /^(CONFIG_\w+)=(\S.*)$/.exec(line) ?? []
  if (name === undefined || value === undefined) {
    throw new UsageError(`${where}: "${line}" is no line of a kernel configuration: write CONFIG_NAME=y`)
  }
  if (value === 'm') {
    throw new UsageError(`${where}: ${name}=m: no modules are built, everything is built in: write ${name}=y`)
  }
  return { name, value }
}

/** A fragment without what has no meaning for the kernel: a better comment is no reason to build anew. */
export function withoutRemarks(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#') || line.startsWith('#@') || / is not set\s*$/.test(line))
    .join('\n')
}

/** The last word on each option wins, so that a user's own lines can replace ours. */
export function merged(...fragments: readonly (readonly WantedOption[])[]): readonly WantedOption[] {
  return [...new Map(fragments.flat().map((option) => [option.name, option])).values()]
}

/** What a fragment is for kconfig, which reads it as KCONFIG_ALLCONFIG. */
export function fragmentText(wanted: readonly WantedOption[]): string {
  return wanted.map(({ name, value }) => `${name}=${value}\n`).join('')
}

/** Kconfig drops silently what it does not know or whose dependencies are not met: here it is told. */
export function lostOptions(
  wanted: readonly WantedOption[],
  config: ReadonlyMap<string, string>,
): readonly LostOption[] {
  return wanted
    .map((option) => ({ ...option, found: config.get(option.name) }))
    .filter(({ value, found }) => (value === 'n' ? found !== undefined && found !== 'n' : found !== value))
}
