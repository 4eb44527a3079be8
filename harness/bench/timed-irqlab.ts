/** Runs irqlab as a person would, from outside: how long, with how much CPU time and memory, and to which records. */
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import type { Scope } from '../base/scope.ts'
import { type Child, spawnProcess } from '../host/processes.ts'
import { recordSchema, type RunRecord } from '../record/run-record.ts'
import { childrenCpuMsIn } from './process-facts.ts'
import { ProcessTree } from './process-tree.ts'

/** The bin file: what a person starts. */
export const IRQLAB = resolve(import.meta.dirname, '../irqlab.cjs')

/** How irqlab is run, the same for a whole bench. */
export interface Bed {
  /** The Node that runs it. */
  readonly node: string
  /** As `--kernel` takes it. */
  readonly kernel: string
  /** A working directory: results go below it. */
  readonly dir: string
  readonly scope: Scope
}

/** One `irqlab run` that is over. */
export interface TimedRun {
  readonly records: readonly RunRecord[]
  /** Start of its process to its end. */
  readonly wallMs: number
  /** User and system time of all its processes, QEMU included. */
  readonly cpuMs: number
  readonly processes: ProcessTree
}

/**
 * A shell around the run tells the exact CPU time of all that it waited for, ended processes included, on descriptor 3.
 * It does nothing when told to end: the run is told too, and ends in order.
 */
const TIMED = 'trap : HUP INT TERM; "$@" 3>&-; status=$?; times >&3; exit $status'
const LOOK_EVERY_MS = 25
const END_GRACE_MS = 5000

/** Outcomes of a run that went as it should. */
const RESULTS: ReadonlySet<string> = new Set(['pass', 'known', 'skip'])

const campaignSchema = z.object({ runs: z.array(recordSchema), reason: z.string().optional() })

/** Runs `irqlab run` with these words. Throws `Trouble` when a run broke or failed: then its times mean nothing. */
export async function timedIrqlab(
  { node, kernel, dir, scope }: Bed,
  words: readonly string[],
): Promise<TimedRun> {
  const results = join(dir, 'results')
  const run = [node, IRQLAB, 'run', ...words, '--kernel', kernel, '--json', '--results', results]
  const started = performance.now()
  const shell = await spawnProcess(['sh', '-c', TIMED, 'sh', ...run], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    stage: 'bench.run',
  })
  scope.onEnd('the run', async () => {
    if (shell.isRunning) await shell.terminate(END_GRACE_MS)
  })

  const processes = new ProcessTree(shell.pid)
  const ended = shell.exited.then(() => performance.now() - started)
  const said = Promise.all([text(shell.stdout), text(shell.stderr), text(shell.stream(3))])
  await watch(shell, processes)
  const [json, complaint, times] = await said
  return {
    records: recordsIn(json, complaint),
    wallMs: await ended,
    cpuMs: childrenCpuMsIn(times),
    processes,
  }
}

async function watch(shell: Child, processes: ProcessTree): Promise<void> {
  while (shell.isRunning) {
    processes.look()
    await pause(LOOK_EVERY_MS)
  }
}

/** The records in what `--json` printed. Throws `Trouble` unless each is a result: a pass, a known failure, a skip. */
export function recordsIn(json: string, complaint: string): readonly RunRecord[] {
  const last = complaint.trim().split('\n').slice(-5).join('\n')
  if (json === '') throw new Trouble('bench.run', `irqlab said nothing:\n${last}`)
  const { runs, reason } = campaignSchema.parse(JSON.parse(json))
  if (reason !== undefined) throw new Trouble('bench.run', `irqlab did not end: ${reason}`)
  const bad = runs.find(({ outcome }) => !RESULTS.has(outcome))
  if (bad !== undefined) throw troubleOf(bad)
  if (runs.length > 0) return runs
  throw new Trouble('bench.run', 'irqlab ran nothing')
}

function troubleOf({ scenario, outcome, reason, console }: RunRecord): Trouble {
  const message = `${scenario}: ${outcome}: ${reason}`
  return new Trouble('bench.run', message, console === undefined ? {} : { console })
}
