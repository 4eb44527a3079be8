/**
 * A guest put aside: the file that QEMU migrated it to, and what is to be known of it before it may run again. A
 * snapshot is a directory that appears whole or not at all; whatever is wrong with one is found before its guest runs.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf, Trouble } from '../base/errors.ts'
import { firstIssue } from '../base/first-issue.ts'
import { errnoOf } from '../host/errno.ts'

/** Changes when older snapshots must not be used any more. */
export const SNAPSHOT_SCHEMA = 'irqlab.snapshot/1'

/** The migration stream. */
export const MEMORY_FILE = 'memory'
/** The console of the boot that it was made by. */
export const BOOT_CONSOLE_FILE = 'boot-serial.log'
const FACTS_FILE = 'snapshot.json'

const GUEST_STATES = ['untouched', 'settled'] as const

/**
 * `untouched`: no queue has fired and nobody has written an affinity. `settled`: every irq under test is at
 * rest on a known CPU. In both the guest's own trace is set up and running.
 */
export type GuestState = (typeof GUEST_STATES)[number]

const factsSchema = z.strictObject({
  schema: z.literal(SNAPSHOT_SCHEMA),
  key: z.string(),
  state: z.enum(GUEST_STATES),
  savedAt: z.iso.datetime(),
  memory: z.strictObject({ bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  traceableFunctions: z.array(z.string()),
  /** Where each irq's state word is: offsets in /proc/kcore, by irq number. */
  stateOffsets: z.record(z.string().regex(/^\d+$/), z.string().regex(/^\d+$/)),
  /** The rows of the NIC's irqs in /proc/interrupts when it was put aside: a restored guest must show the same. */
  interrupts: z.record(z.string(), z.array(z.int().min(0))),
})

/** What is known of a guest that was put aside. */
export type SnapshotFacts = z.output<typeof factsSchema>

/** A snapshot whose facts are read and whose memory is open: it can be removed meanwhile, and is still whole for us. */
export interface Snapshot {
  readonly facts: SnapshotFacts
  readonly memory: FileHandle
  /** Console of the boot behind it. */
  readonly bootConsole: string
}

/** Opens the snapshot in `dir`; undefined when there is none. Throws `Trouble` at `snapshot.damaged`. The caller closes it. */
export async function openSnapshot(dir: string, key: string): Promise<Snapshot | undefined> {
  let text: string
  try {
    text = await readFile(join(dir, FACTS_FILE), 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw damaged(messageOf(error), error)
  }
  const facts = parseFacts(text)
  if (facts.key !== key) throw damaged('it was made by something else than its name says')
  try {
    const bootConsole = await readFile(join(dir, BOOT_CONSOLE_FILE), 'utf8')
    return { facts, bootConsole, memory: await open(join(dir, MEMORY_FILE), 'r') }
  } catch (error) {
    throw damaged(messageOf(error), error)
  }
}

/** Throws `Trouble` at `snapshot.damaged` unless the memory is, bit for bit, what was put aside. */
export async function verifyMemory({ facts, memory }: Snapshot): Promise<void> {
  const { bytes, sha256 } = await digestOf(memory)
  if (bytes !== facts.memory.bytes)
    throw damaged(`its memory has ${bytes} bytes, and ${facts.memory.bytes} were saved`)
  if (sha256 !== facts.memory.sha256) throw damaged('its memory is not what was saved (sha256)')
}

/** Writes the facts beside the memory in `dir`: the last file of a snapshot. */
export async function writeFacts(dir: string, facts: SnapshotFacts): Promise<void> {
  await writeFile(join(dir, FACTS_FILE), `${JSON.stringify(facts, null, 2)}\n`)
}

/** Size and SHA-256 of an open file, read from its beginning without moving its position. */
export async function digestOf(
  file: FileHandle,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(2 ** 20)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, piece.length, bytes)
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
    hash.update(piece.subarray(0, bytesRead))
    bytes += bytesRead
  }
}

/** The trouble with a snapshot that cannot be used; the run goes on with a boot. */
export function damaged(why: string, cause?: unknown): Trouble {
  return new Trouble('snapshot.damaged', why, { cause })
}

function parseFacts(text: string): SnapshotFacts {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw damaged(`${FACTS_FILE} is no JSON: ${messageOf(error)}`, error)
  }
  const parsed = factsSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw damaged(firstIssue(parsed.error, FACTS_FILE, json))
}
