/** What is known of each mutant, kept in results/mutants.json: what was asked once of the same kernel need not be asked again. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { messageOf, UsageError } from '../base/errors.ts'
import { firstIssue } from '../base/first-issue.ts'
import { makeDirs } from '../host/make-dirs.ts'
import { LAW_NAMES } from '../irq/laws/law-names.ts'
import { OUTCOMES } from '../record/run-record.ts'
import { PEER_ANSWERS } from './peers.ts'

const SCHEMA = 'irqlab.mutants/2'
const ROOT = resolve(import.meta.dirname, '../..')

const entrySchema = z.strictObject({
  name: z.string(),
  /** Of the patch, the unpatched kernel and all that asks. */
  key: z.string(),
  fate: z.enum(['caught', 'crashed', 'survived', 'equivalent', 'disproved']),
  laws: z.array(
    z.strictObject({
      law: z.enum(LAW_NAMES),
      scenarios: z.array(z.string()),
      verdicts: z.int(),
      sentence: z.string(),
    }),
  ),
  runs: z.array(
    z.strictObject({
      scenario: z.string(),
      machine: z.string(),
      outcome: z.enum(OUTCOMES),
      reason: z.string(),
    }),
  ),
  /** What those say who ask as others do, by name. */
  peers: z.record(z.string(), z.enum(PEER_ANSWERS)),
  /** Build and runs together. */
  seconds: z.number(),
  judgedAt: z.string(),
})

const ledgerSchema = z.strictObject({
  schema: z.literal(SCHEMA),
  /** The unpatched kernel. */
  kernel: z.strictObject({ source: z.string(), release: z.string(), sha256: z.string() }),
  mutants: z.array(entrySchema),
})

/** What is known of one mutant. */
export type Entry = z.output<typeof entrySchema>
/** The whole file. */
export type Ledger = z.output<typeof ledgerSchema>

/** Reads the ledger; undefined when there is none. Throws `UsageError` for a file that is something else. */
export function readLedger(file: string): Ledger | undefined {
  if (!existsSync(file)) return undefined
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file}: ${messageOf(error)}; remove it to judge all mutants again`)
  }
  const parsed = ledgerSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new UsageError(`${firstIssue(parsed.error, file, value)}; remove it to judge all mutants again`)
}

/** Writes the ledger: whole, or the old one stays. */
export function writeLedger(file: string, ledger: Omit<Ledger, 'schema'>): void {
  makeDirs(resolve(file, '..'))
  writeFileSync(`${file}.partial`, `${JSON.stringify({ schema: SCHEMA, ...ledger }, null, 2)}\n`)
  renameSync(`${file}.partial`, file)
}

/** The key of a judgement: another patch, another kernel or another harness may judge otherwise. */
export function judgementKey(patch: string, kernelSha256: string, asking: string): string {
  return sha256([patch, kernelSha256, asking])
}

/** Hash of all that asks: scenarios, laws and everything that carries them out, but for what only reports or tests. */
export function askingHash(root = ROOT): string {
  const silent =
    /^harness\/(mutants(?!\/peers\/)|bench|report|layers)\/|\.test\.ts$|-fixture\.ts$|\/fixtures\//
  const files = ['harness', 'scenarios', 'images'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
      .map((path) => `${top}/${path}`)
      .filter(
        (path) => /\.(ts|cjs|json|config)$/.test(path) && !path.includes('/.cache/') && !silent.test(path),
      ),
  )
  return sha256(files.sort().flatMap((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

function sha256(parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}\n`).update(part)
  return hash.digest('hex').slice(0, 16)
}
