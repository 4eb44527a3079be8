/** What was found of which kernel, on the disk, so that no kernel is judged again after an interruption of whatever kind. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { messageOf, Trouble } from '../../base/errors.ts'
import { firstIssue } from '../../base/first-issue.ts'

const entrySchema = z.object({
  /** Counted from 1; a kernel that is asked once more is a step of its own. */
  step: z.int().min(1),
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  subject: z.string(),
  finding: z.enum(['good', 'bad', 'unbuildable', 'unbootable', 'untestable']),
  /** Of all its steps together. */
  passes: z.int().min(0),
  fails: z.int().min(0),
  reason: z.string(),
  /** Paths of the last attempts' records, below the results. */
  records: z.array(z.string()),
  /** Milliseconds of this step: to build it, and all together. */
  buildMs: z.number(),
  tookMs: z.number(),
})

/** One judged kernel. */
export type JournalEntry = z.output<typeof entrySchema>

/** All entries, in order. A last line without an end is of a write that was killed: it is dropped, and cut off. Throws `Trouble`. */
export function readJournal(file: string): readonly JournalEntry[] {
  if (!existsSync(file)) return []
  const bytes = readFileSync(file)
  const whole = bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1)
  if (whole.length < bytes.length) truncateSync(file, whole.length)
  return whole
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((line, at) => entryOf(line, `${file} line ${at + 1}`))
}

/** Adds an entry. It is on the disk when this returns. */
export function addToJournal(file: string, entry: JournalEntry): void {
  const open = openSync(file, 'a', 0o600)
  try {
    writeSync(open, `${JSON.stringify(entry)}\n`)
    fsyncSync(open)
  } finally {
    closeSync(open)
  }
}

function entryOf(line: string, where: string): JournalEntry {
  const refuse = (why: string) =>
    new Trouble('bisect.journal', `${where}: ${why}`, {
      lasting: true,
      hint: 'give the same command with --fresh: it begins anew',
    })
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw refuse(messageOf(error))
  }
  const parsed = entrySchema.safeParse(value)
  if (!parsed.success) throw refuse(firstIssue(parsed.error, 'entry', value))
  return parsed.data
}
