/** How long did a run like this one take? A small file beside the results: a hint for the order of runs, never a result. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** The file's name below the results. */
export const DURATIONS_FILE = '.durations.json'

/** What makes two runs alike. */
export interface RunKind {
  readonly scenario: string
  /** The kernel's release. */
  readonly kernel: string
  readonly machine: string
}

/** A finished run. */
export interface Lasted extends RunKind {
  readonly ms: number
}

const SCHEMA = 'irqlab.durations/1'
/** Kinds of runs that are remembered: the ones seen last. */
const KINDS_MAX = 2000
/** Bytes: nothing that we wrote is larger. */
export const DURATIONS_BYTES_MAX = 2 ** 20

const fileSchema = z.object({
  schema: z.literal(SCHEMA),
  /** Milliseconds by kind, the one seen last at the end. */
  durations: z.array(z.tuple([z.string().max(400), z.number().min(0)])).max(KINDS_MAX),
})

/** Durations in milliseconds by kind, the one seen last at the end. */
export type Durations = ReadonlyMap<string, number>

/** The name of a kind, as a key of `Durations`. */
export function kindOf({ scenario, kernel, machine }: RunKind): string {
  return `${scenario} ${kernel} ${machine}`
}

/** What earlier campaigns left in the results. A file that is absent, damaged or not ours is as if there was none. */
export function readDurations(results: string): Durations {
  try {
    const path = join(results, DURATIONS_FILE)
    if (statSync(path).size > DURATIONS_BYTES_MAX) return new Map()
    return parseDurations(readFileSync(path, 'utf8'))
  } catch {
    return new Map()
  }
}

/** What the text of such a file says. Throws what is wrong with it. */
export function parseDurations(text: string): Durations {
  return new Map(fileSchema.parse(JSON.parse(text)).durations)
}

/** The durations with those of more runs: half of each is what was known, so that it follows a change and no outlier. */
export function withDurations(known: Durations, more: readonly Lasted[]): Durations {
  const durations = new Map(known)
  for (const lasted of more) {
    const kind = kindOf(lasted)
    const ms = Math.round((lasted.ms + (durations.get(kind) ?? lasted.ms)) / 2)
    // Taken out first: a map keeps the place of a key that it has.
    durations.delete(kind)
    durations.set(kind, ms)
  }
  return new Map([...durations].slice(-KINDS_MAX))
}

/** The text of the file. */
export function durationsText(durations: Durations): string {
  return `${JSON.stringify({ schema: SCHEMA, durations: [...durations] })}\n`
}
