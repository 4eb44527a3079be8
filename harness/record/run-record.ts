/** What a run leaves in record.json: versioned, plain data, readable without the harness that wrote it. */
import { z } from 'zod'
import { FLAVOURS } from '../image/guest-image.ts'
import { LAW_NAMES } from '../irq/laws/law-names.ts'

/** Changes when a reader of old records would have to know. */
export const RECORD_SCHEMA = 'irqlab.record/1'

/** All outcomes of a run, the worst first. */
export const OUTCOMES = ['fail', 'fixed', 'broken', 'known', 'skip', 'pass'] as const

/** What a run came to. */
export type Outcome = (typeof OUTCOMES)[number]

const verdictSchema = z.object({
  law: z.enum(LAW_NAMES),
  queue: z.string().describe('Virtqueue, for example `input.0`.'),
  irq: z.int(),
  move: z
    .int()
    .describe(
      "Number of the write that was judged: `id=` in the trace's markers. 0 of a law about the whole run.",
    ),
  state: z.enum(['held', 'violated', 'unproven']),
  sentence: z.string().describe('What was seen.'),
  numbers: z.record(z.string(), z.union([z.number(), z.string()])).describe('The numbers that decided.'),
})

/** The shape of record.json; docs/record.schema.json is made from it. */
export const recordSchema = z.object({
  schema: z.literal(RECORD_SCHEMA),
  run: z
    .string()
    .describe(
      '<campaign>/<scenario>/<kernel>/<machine> below the results: names the run, without the attempt.',
    ),
  scenario: z.string(),
  question: z.string().describe('What the scenario asks of the kernel.'),
  outcome: z
    .enum(OUTCOMES)
    .describe(
      'pass: every law held. fail: a law was violated, or the kernel faulted. broken: we cannot tell. skip: no meaning here. known, fixed: a declared failure, and one that is gone.',
    ),
  reason: z.string().describe('Why this outcome, in one sentence.'),
  stage: z
    .string()
    .optional()
    .describe(
      'Where it broke, in dotted words such as `boot.ssh`, or `kernel` for a fault; absent otherwise.',
    ),
  hint: z.string().optional().describe('What to try next.'),
  need: z.string().optional().describe('The unmet need of a skip.'),
  console: z.array(z.string()).optional().describe('The last lines of the console, where they matter.'),
  kernel: z.object({
    release: z.string().describe('`uname -r`.'),
    source: z
      .string()
      .describe(
        'As asked for with --kernel; `own`: what the boot loader of the guest starts; `host`: what the machine of --host runs.',
      ),
    sha256: z
      .string()
      .optional()
      .describe(
        'Of the bzImage, hex; of `own`, of the image that holds it; absent of a machine that is not ours.',
      ),
    packageVersion: z.string().optional().describe('Version of the Debian package, or of the .deb.'),
    suites: z
      .array(z.string())
      .optional()
      .describe('The Debian suites that held this package when it was fetched; absent for other kernels.'),
    configSha256: z.string().optional().describe('Of the build configuration, hex; absent: none was found.'),
  }),
  guest: z.object({
    flavour: z
      .enum([...FLAVOURS, 'host'])
      .describe(
        'micro: an initramfs of ours. debian-full: a Debian with systemd on a disk. qcow2: an image of the user. host: no guest, but a machine that is not ours.',
      ),
    source: z
      .string()
      .optional()
      .describe('As asked for with --guest, where that says more than the flavour.'),
    sha256: z
      .string()
      .optional()
      .describe('Of the initramfs, or of the image on the disk; hex; absent of a machine that is not ours.'),
    start: z
      .enum(['cold', 'warm'])
      .optional()
      .describe(
        'cold: booted by this run. warm: started from a snapshot of a guest booted before. Absent: it never ran.',
      ),
    savedAt: z.string().optional().describe('When the snapshot of a warm guest was made, ISO 8601, UTC.'),
  }),
  machine: z
    .object({ name: z.string() })
    .loose()
    .describe('The whole topology: CPUs, memory, queues, vectors, interrupt remapping.'),
  host: z
    .object({
      destination: z.string().describe('As given to --host, without the port.'),
      port: z.int().optional(),
      nic: z.object({
        name: z.string(),
        driver: z.string(),
        rxQueues: z.int().describe('As many as it has; the first 8 are asked.'),
      }),
      product: z.string().optional().describe('As its firmware has it.'),
      cpuModel: z.string().optional(),
      cpus: z.int().describe('Online.'),
      virtual: z.boolean().describe('A hypervisor is below it.'),
    })
    .optional()
    .describe('The machine that is not ours, of a run with --host; absent of a guest.'),
  accel: z.object({
    used: z.enum(['kvm', 'tcg', 'none']).describe('none: the machine runs by itself, with --host.'),
    reason: z.string().describe('Why this one, with what was measured.'),
    qemu: z.string().optional().describe("QEMU's own version line; absent where there is none."),
  }),
  seed: z.int().describe('Makes the same choices again when given to --seed.'),
  attempts: z.int().min(1).describe('Attempts made so far, this one included.'),
  options: z.object({
    append: z.string(),
    qemuArgs: z.array(z.string()),
    timeoutScale: z.number(),
    soakSeconds: z
      .number()
      .optional()
      .describe('How long scenarios that can be drawn out went on; absent: one round.'),
  }),
  verdicts: z.array(verdictSchema),
  messages: z
    .array(
      z.object({
        pattern: z.string().describe('As the scenario declares it: a regular expression.'),
        line: z.string().describe('The first line that it fits, without priority and time.'),
        count: z.int().min(1).describe('Lines of the kernel log that it fits.'),
        reason: z.string().describe('Why it is known.'),
      }),
    )
    .optional()
    .describe(
      'Complaints of the kernel that the scenario declares for it; absent: none. One that nobody declared is in `reason` and `console`.',
    ),
  predictions: z
    .array(
      z.object({
        chip: z.string().describe("The irqchip's name, as the kernel shows it."),
        kind: z
          .enum(['deferred', 'immediate', 'unknown'])
          .describe('deferred: by the next interrupt. immediate: in the write itself.'),
        cleanup: z.enum(['ipi', 'timer']).describe('What frees the vector on the old CPU.'),
      }),
    )
    .optional()
    .describe('What was predicted before each write, every different one once; absent: nothing was written.'),
  timings: z.object({
    startedAt: z.string().describe('ISO 8601, UTC.'),
    spawnToReadyMs: z
      .number()
      .optional()
      .describe("QEMU's exec to the first SSH answer; absent when it never came."),
    totalMs: z.number().describe("irqlab's own process start to the last verdict."),
    tookMs: z
      .number()
      .optional()
      .describe('This attempt alone, from its start to the end of its guest; absent in older records.'),
    vcpusWaitedShare: z
      .number()
      .optional()
      .describe(
        'Part of the time in which the vCPUs wanted to run that they waited for a host CPU, 0 to 1; absent where the host does not count it.',
      ),
    limitsFactor: z
      .number()
      .optional()
      .describe(
        'How much longer every limit was, beside timeoutScale, for a slow or crowded host: 1 to 20; absent in older records.',
      ),
  }),
  argv: z.array(z.string()).optional().describe("QEMU's exact argv; absent when it was never started."),
  notes: z
    .array(z.string())
    .optional()
    .describe('What a person was told on the way, such as a snapshot that could not be used.'),
  files: z.array(z.string()).describe('What lies beside this record.'),
  leaks: z
    .array(z.object({ what: z.string(), why: z.string() }))
    .describe('Undos that failed: what may have been left behind.'),
})

/** One finished attempt. */
export type RunRecord = z.output<typeof recordSchema>

/** One of a guest that was ours: what it booted is known. */
export interface GuestRecord extends RunRecord {
  readonly kernel: RunRecord['kernel'] & { readonly sha256: string }
  readonly guest: RunRecord['guest'] & { readonly sha256: string }
  readonly accel: {
    readonly used: 'kvm' | 'tcg'
    readonly reason: string
    readonly qemu?: string | undefined
  }
}

/** True of a record of a guest, false of a machine that is not ours. */
export function isOfGuest(record: RunRecord): record is GuestRecord {
  return (
    record.kernel.sha256 !== undefined && record.guest.sha256 !== undefined && record.accel.used !== 'none'
  )
}
