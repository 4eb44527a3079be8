/** Which run is meant? The directory of an attempt or of a run, its name below the results, or a bundle that was unpacked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { readBundleFacts } from './bundle-facts.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'
import { type GuestRecord, isOfGuest, type RunRecord, recordSchema } from '../record/run-record.ts'

/** A finished attempt on disk. */
export interface RunFound {
  /** Absolute: record.json and the evidence lie in it. */
  readonly dir: string
  readonly record: GuestRecord
  /** The unpacked bundle that it lies in; absent: it lies in results. */
  readonly bundle?: string
}

/** The last finished attempt of a guest. Throws `UsageError` when there is none, or its record cannot be read. */
export function findRun(name: string): RunFound {
  const places = name === '' ? [] : [...new Set([resolve(name), join(DEFAULT_RESULTS, name)])]
  for (const place of places) {
    const bundle = existsSync(join(place, 'bundle.json')) ? place : undefined
    // One of another version is refused here, before anything is taken from it.
    if (bundle !== undefined) readBundleFacts(bundle)
    const dir = attemptIn(bundle === undefined ? place : join(bundle, 'evidence'))
    if (dir !== undefined) return { dir, record: recordIn(dir), ...(bundle === undefined ? {} : { bundle }) }
  }
  throw new UsageError(
    `no finished run ${JSON.stringify(name)}: give its directory, its name below the results, or an unpacked bundle`,
  )
}

function attemptIn(dir: string): string | undefined {
  if (existsSync(join(dir, 'record.json'))) return dir
  const attempts = namesIn(dir)
    .map((entry) => /^attempt-(\d+)$/.exec(entry))
    .filter((match) => match !== null)
    .sort((a, b) => Number(a[1]) - Number(b[1]))
  const last = attempts.at(-1)?.[0]
  return last === undefined || !existsSync(join(dir, last, 'record.json')) ? undefined : join(dir, last)
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

function recordIn(dir: string): GuestRecord {
  const file = join(dir, 'record.json')
  const record = readRecord(file)
  if (isOfGuest(record)) return record
  throw new UsageError(
    `${file}: this run asked ${record.host?.destination ?? 'a machine'}, which is not ours: nothing here could start it again`,
  )
}

function readRecord(file: string): RunRecord {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const why = messageOf(error).replaceAll(/\s+/g, ' ').slice(0, 200)
    throw new UsageError(`${file}: no record that can be read: ${why}`)
  }
}
