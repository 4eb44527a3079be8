/** Builds one kernel and asks it everything, through irqlab's own command line: that is its contract with the world. */
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { Deadline } from '../base/deadline.ts'
import { messageOf, Trouble, UsageError } from '../base/errors.ts'
import { allScenarios } from '../cli/scenario-files.ts'
import { spawnProcess } from '../host/processes.ts'
import { recordSchema, type RunRecord } from '../record/run-record.ts'
import { peerFile, peerNames } from './peers.ts'

const IRQLAB = resolve(import.meta.dirname, '../irqlab.cjs')
/** The first build of a base compiles all of it, on whatever machine this is. */
const BUILD_LIMIT_MS = 3 * 60 * 60_000
/** Far more than all scenarios need, each with its own limits and one more try. */
const RUN_LIMIT_MS = 60 * 60_000
const END_GRACE_MS = 10_000
/** The first is the only one that a child of ours gives for bad usage, the others come with records. */
const EXIT_USAGE = 64
const LAST_LINES = 8

/** What was asked of whom. */
export interface Asking {
  /** As `irqlab kernel build --base` takes it. */
  readonly base: string
  /** Absolute; absent for the kernel as it is. */
  readonly patch?: string
  readonly results: string
  readonly jobs: number | undefined
  readonly signal: AbortSignal
}

const campaignSchema = z.object({ runs: z.array(recordSchema), reason: z.string().optional() })

/** Builds the kernel, unless the cache has it. Throws `Trouble`, and `UsageError` for a patch that does not apply. */
export async function buildAsked({ base, patch, signal }: Asking): Promise<void> {
  const patches = patch === undefined ? [] : ['--patch', patch]
  const { code, complaint } = await irqlab(
    ['kernel', 'build', '--base', base, ...patches],
    BUILD_LIMIT_MS,
    signal,
  )
  if (code === 0) return
  const words = `${patch ?? base} was not built:\n${complaint}`
  throw code === EXIT_USAGE ? new UsageError(words) : new Trouble('mutants.build', words)
}

/** The records of all scenarios on it, regressions too, one a run: the last attempt. Throws `Trouble` when there are none. */
export async function askAll(asking: Asking): Promise<readonly RunRecord[]> {
  const scenarios = (await allScenarios()).map(({ scenario }) => scenario.name)
  return run([...scenarios, '--retries', '1'], asking)
}

/** The records of those who ask as others do. Throws `Trouble` when there are none. */
export async function askPeers(asking: Asking): Promise<readonly RunRecord[]> {
  return run(peerNames().map(peerFile), asking)
}

async function run(
  words: readonly string[],
  { base, patch, results, jobs, signal }: Asking,
): Promise<readonly RunRecord[]> {
  const kernel = patch === undefined ? base : `${base},patch=${patch}`
  const side = jobs === undefined ? [] : ['--jobs', String(jobs)]
  const { out, complaint } = await irqlab(
    ['run', ...words, '--kernel', kernel, '--json', '--results', results, ...side],
    RUN_LIMIT_MS,
    signal,
  )
  let campaign: z.output<typeof campaignSchema>
  try {
    campaign = campaignSchema.parse(JSON.parse(out))
  } catch (error) {
    throw new Trouble(
      'mutants.run',
      `irqlab run on ${kernel} gave no records (${messageOf(error)}):\n${complaint}`,
    )
  }
  if (campaign.reason !== undefined)
    throw new Trouble('mutants.run', `irqlab run did not end: ${campaign.reason}`)
  if (campaign.runs.length === 0) throw new Trouble('mutants.run', 'irqlab ran nothing')
  return campaign.runs
}

async function irqlab(
  words: readonly string[],
  limitMs: number,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly out: string; readonly complaint: string }> {
  signal.throwIfAborted()
  const child = await spawnProcess([process.execPath, IRQLAB, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    stage: 'mutants.run',
  })
  const stop = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop)
  try {
    const said = Promise.all([text(child.stdout), text(child.stderr), child.exited])
    const [out, err, { code }] = await new Deadline('mutants.run', `irqlab ${words[0]}`, limitMs).race(said)
    signal.throwIfAborted()
    return { code, out, complaint: err.trim().split('\n').slice(-LAST_LINES).join('\n') }
  } finally {
    signal.removeEventListener('abort', stop)
    if (child.isRunning) await child.terminate(END_GRACE_MS)
  }
}
