/** What is a campaign to do, with what, and has it ended? campaign.json: written whole at its start, replaced at its end. */
import { z } from 'zod'
import { withoutHome } from '../base/without-home.ts'

/** Changes when a reader of old plans would have to know. */
export const CAMPAIGN_PLAN_SCHEMA = 'irqlab.campaign-plan/1'

/** The file's name in the directory of a campaign. */
export const CAMPAIGN_PLAN_FILE = 'campaign.json'

const kernelSchema = z.object({
  source: z.string().describe('As asked for with --kernel.'),
  release: z.string().describe('What `uname -r` will say.'),
  sha256: z.string().optional().describe('Of the bzImage, hex.'),
  packageVersion: z.string().optional().describe('Version of the Debian package, or of the .deb.'),
})

const plannedSchema = z.object({
  run: z.string().describe('<campaign>/<scenario>/<kernel>/<machine>, as `run` of its record.'),
  scenario: z.string(),
  question: z.string().describe('What the scenario asks of the kernel.'),
  kernel: kernelSchema,
  machine: z.string().describe("The machine's name."),
  repeat: z.int().min(1).describe('The first is 1.'),
  seed: z.int(),
})

/** The shape of campaign.json; docs/campaign.schema.json is made from it. */
export const campaignPlanSchema = z.object({
  schema: z.literal(CAMPAIGN_PLAN_SCHEMA),
  campaign: z.string().describe('<utc>-<name>: its directory below the results, when it was made.'),
  irqlab: z
    .string()
    .describe('The commit that ran it, or the version; behind a + a hash of the sources where they differ.'),
  command: z.array(z.string()).describe('The arguments of irqlab, as given.'),
  startedAt: z.string().describe('ISO 8601, UTC.'),
  resumedAt: z.array(z.string()).optional().describe('When it was gone on with, by `--resume`.'),
  endedAt: z
    .string()
    .optional()
    .describe('ISO 8601, UTC. Absent: it still runs, or was killed. Runs without a record were not run.'),
  endedBy: z
    .string()
    .optional()
    .describe('What ended it before all runs were done: a signal such as `SIGINT`, or the trouble.'),
  process: z
    .object({
      pid: z.int(),
      startTime: z.string().describe('Field 22 of /proc/PID/stat.'),
      bootId: z.string().describe('/proc/sys/kernel/random/boot_id.'),
    })
    .optional()
    .describe('The process that runs it: tells one that still runs from one that was killed.'),
  shard: z.object({ index: z.int().min(1), of: z.int().min(1) }).optional(),
  accel: z
    .object({ used: z.enum(['kvm', 'tcg']), qemu: z.string().describe("QEMU's own version line.") })
    .optional(),
  host: z
    .object({ destination: z.string(), port: z.int().optional(), nic: z.string() })
    .optional()
    .describe('The machine that is not ours, with --host; absent: guests are booted.'),
  guest: z
    .object({ sha256: z.string().describe('Of the initramfs, or of the image on the disk; hex.') })
    .optional(),
  options: z.object({
    machines: z
      .array(z.string())
      .optional()
      .describe('--machine; empty or absent: as the scenarios declare.'),
    guest: z.string().optional().describe('--guest; absent: the micro guest.'),
    append: z.string(),
    qemuArgs: z.array(z.string()),
    timeoutScale: z.number(),
    soakSeconds: z.number().optional(),
    cold: z.boolean(),
    retries: z.int(),
    jobs: z.int(),
    accel: z.enum(['auto', 'kvm', 'tcg']).describe('As asked for.'),
    repeat: z.int().min(1).optional(),
    maxFail: z.int().optional(),
    failOnKnown: z.boolean(),
  }),
  brackets: z
    .array(z.object({ name: z.string(), bracket: z.object({ violated: z.string(), held: z.string() }) }))
    .optional()
    .describe(
      'Regressions: a scenario, the kernel that is declared to have the bug, and the one that has not.',
    ),
  seed: z.int().describe('Of the first repeat; each further one adds 1.'),
  runs: z.array(plannedSchema).describe('In the order in which they are reported.'),
})

/** A campaign's plan. */
export type CampaignPlan = z.output<typeof campaignPlanSchema>

/** A run of it. */
export type PlannedRun = CampaignPlan['runs'][number]

/** The text of campaign.json. */
export function campaignPlanText(plan: CampaignPlan): string {
  return withoutHome(`${JSON.stringify(plan, null, 2)}\n`)
}
