/** irqlab as a child process, for programs that ask it many times: its command line is its contract with the world. */
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { Deadline } from '../base/deadline.ts'
import { messageOf, Trouble } from '../base/errors.ts'
import { spawnProcess } from '../host/processes.ts'
import { recordSchema, type RunRecord } from '../record/run-record.ts'

const IRQLAB = resolve(import.meta.dirname, '../irqlab.cjs')
const END_GRACE_MS = 10_000
const LAST_LINES = 8

/** What bounds a call. */
export interface ChildOptions {
  readonly limitMs: number
  /** Aborted: the child is told to end, and the reason is thrown once it has. */
  readonly signal: AbortSignal
  /** The stage of the trouble. */
  readonly stage: string
}

/** What a call said and how it ended. */
export interface ChildAnswer {
  readonly code: number | null
  readonly out: string
  /** The last lines that it wrote for a person. */
  readonly complaint: string
}

const campaignSchema = z.object({ runs: z.array(recordSchema), reason: z.string().optional() })

/** Runs `irqlab WORDS`. Throws `Trouble` when it takes too long, and what the signal was aborted with. */
export async function irqlabChild(
  words: readonly string[],
  { limitMs, signal, stage }: ChildOptions,
): Promise<ChildAnswer> {
  signal.throwIfAborted()
  const child = await spawnProcess([process.execPath, IRQLAB, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    stage,
  })
  const stop = () => void child.kill('SIGTERM')
  signal.addEventListener('abort', stop)
  try {
    const said = Promise.all([text(child.stdout), text(child.stderr), child.exited])
    const [out, err, { code }] = await new Deadline(stage, `irqlab ${words[0]}`, limitMs).race(said)
    signal.throwIfAborted()
    return { code, out, complaint: err.trim().split('\n').slice(-LAST_LINES).join('\n') }
  } finally {
    signal.removeEventListener('abort', stop)
    if (child.isRunning) await child.terminate(END_GRACE_MS)
  }
}

/** The records of `irqlab run WORDS --json`, the last attempt of each run. Throws `Trouble` when it did not end, or ran nothing. */
export async function recordsOf(
  words: readonly string[],
  options: ChildOptions,
): Promise<readonly RunRecord[]> {
  const { stage } = options
  const { out, complaint } = await irqlabChild(['run', ...words, '--json'], options)
  let campaign: z.output<typeof campaignSchema>
  try {
    campaign = campaignSchema.parse(JSON.parse(out))
  } catch (error) {
    throw new Trouble(stage, `irqlab run gave no records (${messageOf(error)}):\n${complaint}`)
  }
  if (campaign.reason !== undefined) throw new Trouble(stage, `irqlab run did not end: ${campaign.reason}`)
  if (campaign.runs.length === 0) throw new Trouble(stage, 'irqlab ran nothing')
  return campaign.runs
}
