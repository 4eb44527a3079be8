/**
 * What was done to a guest, in order: `acts.jsonl`, one act a line, written while the run goes on, so that it is there whatever
 * the run ends with. Enough to do it again without irqlab; what came of it is in the evidence.
 */
import { z } from 'zod'
import { messageOf } from '../base/errors.ts'
import { INPUT_FILES } from './input.ts'
import { MalformedText } from './malformed-text.ts'

/** Written into the first line; a file of another version is refused. */
const ACTS_SCHEMA = 'irqlab.acts/1'

const STIMULI = ['datagram', 'byte', 'read', 'link', 'frame', 'none'] as const

const id = z.int().min(1).describe('Number of the write in the run: `id=` in the trace.')
const name = z.string().regex(/^[\w.-]{1,64}$/)
const mask = z.string().regex(/^(\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*)?$/)

/** An irq under test by the name of what it serves, and what fires it. */
const target = z.object({ queue: name, fires: z.enum(STIMULI) })

const actSchema = z.discriminatedUnion('act', [
  z.object({
    act: z.literal('write'),
    id,
    irq: z.int().min(0),
    ...target.shape,
    file: z.enum(INPUT_FILES),
    /** What was written, one character a byte, without the end of the line. */
    text: z.string().max(100_000),
    /** The CPUs that are asked for; absent for a text that must be refused. */
    requested: mask.optional(),
    expect: z.enum(['deferred', 'immediate', 'unknown']).optional(),
    /** In the same command as the write before it, microseconds later. */
    inARow: z.literal(true).optional(),
  }),
  /** Follows a write: where the irq was before it. */
  z.object({ act: z.literal('written'), id, from: mask }),
  /** Waits for a write that somebody else makes: a driver, irqbalance. */
  z.object({ act: z.literal('adopt'), targets: z.array(target) }),
  z.object({ act: z.literal('hold'), ids: z.array(id), seconds: z.number().min(0) }),
  z.object({ act: z.literal('held'), ids: z.array(id) }),
  /** Fires each of them so many times. */
  z.object({ act: z.literal('probe'), targets: z.array(target), count: z.int().min(0).max(1_000_000) }),
  z.object({ act: z.literal('flood'), targets: z.array(target) }),
  /** Shell text of a scenario, for what no act covers. */
  z.object({ act: z.literal('shell'), text: z.string() }),
  /** The first sample of a capture of the guest; what follows up to `captured` is between its two samples. */
  z.object({ act: z.literal('capture'), seconds: z.number().min(0) }),
  z.object({ act: z.literal('captured') }),
  /** The scenario's body begins, and what came before brought the irqs to rest. */
  z.object({ act: z.literal('body') }),
  /** Any other act: as its mark in the trace has it (act-markers.ts). */
  z.object({
    act: z.literal('mark'),
    verb: z.string().regex(/^[a-z-]+$/),
    fields: z.record(z.string(), z.string()),
  }),
])

/** One act. */
export type Act = z.output<typeof actSchema>

const lineSchema = actSchema.and(z.object({ atMs: z.number().min(0) }))
const headSchema = z.object({ schema: z.literal(ACTS_SCHEMA) })

/** The first line of the file. */
export function actsHead(): string {
  return `${JSON.stringify({ schema: ACTS_SCHEMA })}\n`
}

/** The line of one act that was begun at `atMs`, in milliseconds since the log was. */
export function actLine(act: Act, atMs: number): string {
  return `${JSON.stringify({ atMs: Math.round(atMs), ...act })}\n`
}

/** The acts of a file, in order, each with its time. Throws `MalformedText`. The last line may be cut: a run may end at any time. */
export function parseActs(text: string): readonly (Act & { readonly atMs: number })[] {
  const lines = text.split('\n')
  // What follows the last end of line was not written whole.
  lines.pop()
  const [head = '', ...acts] = lines
  readLine(headSchema, head, 1)
  return acts.map((line, at) => readLine(lineSchema, line, at + 2))
}

function readLine<T>(schema: z.ZodType<T>, line: string, number: number): T {
  try {
    return schema.parse(JSON.parse(line))
  } catch (error) {
    const why = messageOf(error).replaceAll(/\s+/g, ' ').slice(0, 200)
    throw new MalformedText('acts.jsonl', number, line, why)
  }
}

/** Marks in a command that are acts with no line of their own. */
const OTHER_ACTS =
  /irqlab (offline|online|close|open|act|defer|allow|fill|body-end|closing)(?![a-z-])((?: [\w-]+=[^\s'"]*)*)/g

/** The acts that a command for the guest's shell holds, by its marks; what has a line of its own is left out. */
export function actsInCommand(command: string): readonly Act[] {
  return [...command.matchAll(OTHER_ACTS)].map(([, verb = '', fields = '']) => ({
    act: 'mark',
    verb,
    fields: Object.fromEntries(
      fields
        .split(' ')
        .filter((pair) => pair !== '')
        .map((pair) => [pair.split('=', 1)[0] ?? '', pair.slice(pair.indexOf('=') + 1)]),
    ),
  }))
}
