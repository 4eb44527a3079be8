/** What one `irqlab run deferred-move` takes, from outside: boot, verdict, CPU time and memory of its processes. */
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

/** The costs of one run. */
export interface RunCost {
  /** QEMU's exec to the first SSH answer. */
  readonly coldReadyMs: number
  /** irqlab's process start to the last verdict. */
  readonly verdictMs: number
  /** User and system time of everything but QEMU. */
  readonly harnessCpuMs: number
  readonly qemuCpuMs: number
  /** Peak resident memory of the process that plans and reports, and of the one that runs. */
  readonly irqlabMiB: number
  readonly workerMiB: number
}

/**
 * A shell around the run tells the exact CPU time of all that it waited for, ended processes included, on descriptor 3.
 * It does nothing when told to end: the run is told too, and ends in order.
 */
const TIMED = 'trap : HUP INT TERM; "$@" 3>&-; status=$?; times >&3; exit $status'
const LOOK_EVERY_MS = 25
const END_GRACE_MS = 5000

const campaignSchema = z.object({ runs: z.array(recordSchema).length(1) })

/** Runs it once, results into `dir`. Throws `Trouble` when it did not pass: then its times mean nothing. */
export async function costOfRun(node: string, dir: string, scope: Scope): Promise<RunCost> {
  const run = [node, IRQLAB, 'run', 'deferred-move', '--json', '--results', join(dir, 'results')]
  const shell = await spawnProcess(['sh', '-c', TIMED, 'sh', ...run], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    detached: true,
    stage: 'bench.run',
  })
  scope.onEnd('the run', async () => {
    if (shell.isRunning) await shell.terminate(END_GRACE_MS)
  })

  const tree = new ProcessTree(shell.pid)
  const said = Promise.all([text(shell.stdout), text(shell.stderr), text(shell.stream(3))])
  await watch(shell, tree)
  const [json, complaint, times] = await said
  const record = recordIn(json, complaint)
  const qemuCpuMs = tree.cpuMs('QEMU')
  return {
    coldReadyMs: record.timings.spawnToReadyMs ?? Number.NaN,
    verdictMs: record.timings.totalMs,
    harnessCpuMs: childrenCpuMsIn(times) - qemuCpuMs,
    qemuCpuMs,
    irqlabMiB: tree.peakMiB('irqlab'),
    workerMiB: tree.peakMiB('worker'),
  }
}

async function watch(shell: Child, tree: ProcessTree): Promise<void> {
  while (shell.isRunning) {
    tree.look()
    await pause(LOOK_EVERY_MS)
  }
}

function recordIn(json: string, complaint: string): RunRecord {
  const last = complaint.trim().split('\n').slice(-5).join('\n')
  if (json === '') throw new Trouble('bench.run', `the run said nothing:\n${last}`)
  const { runs } = campaignSchema.parse(JSON.parse(json))
  const [record] = runs
  if (record?.outcome === 'pass') return record
  throw new Trouble('bench.run', `deferred-move did not pass: ${record?.outcome}: ${record?.reason}`)
}
