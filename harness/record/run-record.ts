/** What a run leaves in record.json: versioned, plain data, readable without the harness that wrote it. */
import { z } from 'zod'
import { LAW_NAMES } from '../irq/laws/law-names.ts'

/** Changes when a reader of old records would have to know. */
export const RECORD_SCHEMA = 'irqlab.record/1'

export const OUTCOMES = ['fail', 'fixed', 'broken', 'known', 'skip', 'pass'] as const
/** Worst first (DESIGN.md §5). */
export type Outcome = (typeof OUTCOMES)[number]

const verdictSchema = z.object({
  law: z.enum(LAW_NAMES),
  /** Virtqueue, for example `input.0`. */
  queue: z.string(),
  irq: z.int(),
  /** Number of the write that was judged, as `id=` in the trace's markers. */
  move: z.int(),
  state: z.enum(['held', 'violated', 'unproven']),
  sentence: z.string(),
  /** The numbers that decided. */
  numbers: z.record(z.string(), z.union([z.number(), z.string()])),
})

export const recordSchema = z.object({
  schema: z.literal(RECORD_SCHEMA),
  /** results/<campaign>/<scenario>/<kernel>/<machine>: names the run, without the attempt. */
  run: z.string(),
  scenario: z.string(),
  question: z.string(),
  outcome: z.enum(OUTCOMES),
  /** Why this outcome, in one sentence. */
  reason: z.string(),
  /** Where it broke, in dotted words, for example `boot.ssh`; absent unless broken. */
  stage: z.string().optional(),
  /** What to try next. */
  hint: z.string().optional(),
  /** The unmet need of a skip. */
  need: z.string().optional(),
  /** The last lines of the console, where they matter. */
  console: z.array(z.string()).optional(),
  kernel: z.object({
    /** `uname -r`. */
    release: z.string(),
    /** As asked for. */
    source: z.string(),
    /** sha256 of the bzImage. */
    sha256: z.string(),
    /** Debian package version. */
    packageVersion: z.string().optional(),
  }),
  guest: z.object({ flavour: z.literal('micro'), sha256: z.string() }),
  machine: z.object({ name: z.string() }).loose(),
  accel: z.object({
    used: z.enum(['kvm', 'tcg']),
    reason: z.string(),
    /** QEMU's own version line. */
    qemu: z.string(),
  }),
  seed: z.int(),
  /** Attempts made so far, this one included. */
  attempts: z.int().min(1),
  options: z.object({
    append: z.string(),
    qemuArgs: z.array(z.string()),
    timeoutScale: z.number(),
  }),
  verdicts: z.array(verdictSchema),
  timings: z.object({
    /** ISO 8601, UTC. */
    startedAt: z.string(),
    /** QEMU's exec to the first SSH answer; absent when it never came. */
    spawnToReadyMs: z.number().optional(),
    /** irqlab's own process start to the last verdict. */
    totalMs: z.number(),
  }),
  /** QEMU's exact argv; absent when it was never started. */
  argv: z.array(z.string()).optional(),
  /** What lies beside this record. */
  files: z.array(z.string()),
  /** Undos that failed: what may have been left behind. */
  leaks: z.array(z.object({ what: z.string(), why: z.string() })),
})

export type RunRecord = z.output<typeof recordSchema>
