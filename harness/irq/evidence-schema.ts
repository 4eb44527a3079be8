/** Which form does `evidence.json` have? The schema of its current version, from JSON to the values that laws read. */
import { z } from 'zod'
import { messageOf } from '../base/errors.ts'
import { CpuMask } from './cpu-mask.ts'
import { INPUT_FILES } from './input.ts'
import { givenSchema } from './given.ts'
import type { HardwareEntry, IrqEvidence } from './irq-evidence.ts'
import { irqState } from './irq-state.ts'
import { parseKernelRelease } from './kernel-release.ts'
import type { BookName } from './laws/books.ts'
import type { MoveEvidence } from './move-evidence.ts'
import { countLimit } from './per-cpu-count.ts'
import type { Reading } from './reading.ts'

/** Written into every file; a file of another version is refused. */
export const EVIDENCE_SCHEMA = 'irqlab.evidence/2'

const BOOKS = [
  'deferred',
  'immediate',
  'replaced',
  'replaced-at-once',
  'stayed',
  'stayed-at-once',
  'roomiest',
  'busy',
  'busy-at-once',
  'offline',
  'at-will',
  'at-will-at-once',
  'fell-back',
  'crowded-out',
  'dropped',
  'refused',
  'given-back',
  'last-word',
  'started-anew',
  'maskable',
  'unmaskable',
  'forbidden',
  'input',
  'unmoved',
  'untouched',
  'polled',
  'polled-at-once',
  'load',
] as const satisfies readonly BookName[]

/** A text that one of our parsers reads; what the parser complains of becomes the complaint about the field. */
function parsed<T>(parse: (text: string) => T) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: messageOf(error) })
      return z.NEVER
    }
  })
}

/** What was not there is null in the file, so that nobody takes a forgotten field for an absent fact. */
function absentAsNull<T extends z.ZodType>(schema: T) {
  return schema.nullable().transform((value) => value ?? undefined)
}

const natural = z.int().nonnegative()
/** A mask that was read may be empty; the kernel shows one for an instant (kernel/irq/proc.c:show_irq_affinity without the lock, up to 6.12). */
const shownMask = parsed((text) => CpuMask.fromListOrEmpty(text))
const mask = parsed((text) => CpuMask.fromList(text))
const irq = z.strictObject({ number: natural, action: z.string(), chip: z.string() })
const stateWord = z
  .string()
  .regex(/^0x[0-9a-f]{8}$/, 'not a state word such as 0x01401300')
  .transform((text) => irqState(Number(text)))

const reading = z.strictObject({
  irq,
  bootId: z.string(),
  onlineCpus: mask,
  counts: z.array(natural.max(countLimit - 1)).min(1),
  readBack: shownMask,
  effective: shownMask,
  state: absentAsNull(stateWord),
  monotonicNs: natural.exactOptional(),
  mark: z.string().exactOptional(),
}) satisfies z.ZodType<Reading>

/** Only a text that names no CPU asks for none. */
const write = z
  .strictObject({
    requested: shownMask,
    form: z.enum(['list', 'hex']),
    error: absentAsNull(z.string()),
    pid: natural,
    input: z
      .strictObject({
        file: z.enum(INPUT_FILES),
        text: z.string(),
        errno: absentAsNull(z.string()),
        shown: z.strictObject({ before: z.string(), after: z.string() }),
      })
      .exactOptional(),
  })
  .superRefine(({ requested, input }, context) => {
    if (requested.isEmpty && input === undefined)
      context.addIssue({ code: 'custom', path: ['requested'], message: 'cpu list: an empty list of CPUs' })
  })
const stimulus = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('datagram'), queueIndex: natural.or(z.literal('any')) }),
  z.strictObject({ kind: z.literal('byte') }),
  z.strictObject({ kind: z.literal('read') }),
  z.strictObject({ kind: z.literal('link') }),
  z.strictObject({ kind: z.literal('frame'), queueIndex: natural }),
  z.strictObject({ kind: z.literal('none') }),
])
const prediction = z.strictObject({
  kind: z.enum(['deferred', 'immediate', 'unknown']),
  order: z.literal('handled first').exactOptional(),
  cleanup: z.enum(['ipi', 'timer']),
  why: z.string(),
})
const batch = z.strictObject({
  mark: natural,
  sent: z.array(z.strictObject({ id: z.string() })),
  taken: natural,
  received: absentAsNull(z.array(z.string())),
  after: reading,
})
const hardwareEntry = absentAsNull(
  z
    .strictObject({
      kind: z.enum(['msi-x', 'msi', 'io-apic']),
      dest: natural,
      vector: natural,
      masked: z.boolean().optional(),
      raw: z.string(),
    })
    .transform((entry): HardwareEntry => ({ ...entry, masked: entry.masked })),
)

const move = z.strictObject({
  id: natural,
  queue: z.string(),
  stimulus,
  irq,
  prediction,
  write,
  before: reading,
  given: givenSchema.exactOptional(),
  written: reading,
  hold: absentAsNull(
    z.strictObject({
      seconds: z.number().positive(),
      began: reading,
      ended: reading,
      neighbours: z.array(z.strictObject({ queue: z.string(), before: reading, after: reading })),
    }),
  ),
  batches: z.array(batch),
  replacedBy: absentAsNull(natural),
}) satisfies z.ZodType<MoveEvidence>

const irqEvidence = z.strictObject({
  queue: z.string(),
  stimulus,
  irq,
  prediction,
  readings: z.array(reading),
  closing: z.array(batch),
  hasHandler: z.boolean(),
  hardware: z.strictObject({ began: hardwareEntry, ended: hardwareEntry }),
}) satisfies z.ZodType<IrqEvidence>

/** The whole file. What is read has the types of irq/move-evidence.ts, all but the trace, which is a file of its own. */
export const evidenceSchema = z.strictObject({
  schema: z.literal(EVIDENCE_SCHEMA),
  release: parsed(parseKernelRelease),
  onlineCpus: mask,
  traceableFunctions: z.array(z.string()).transform((names): ReadonlySet<string> => new Set(names)),
  claims: z.array(z.strictObject({ move: natural, book: z.enum(BOOKS) })),
  moves: z.array(move),
  /** Absent of a run from before the general laws: none was closed. */
  irqs: z.array(irqEvidence).default([]),
})

/** The file's content as JSON values. */
export type EvidenceJson = z.input<typeof evidenceSchema>
