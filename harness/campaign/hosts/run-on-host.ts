/** One run on a machine that is not ours: taken, asked, judged, and given back as it was whatever happens. */
import { Interrupted } from '../../base/errors.ts'
import { Limits } from '../../base/limits.ts'
import { Scope } from '../../base/scope.ts'
import type { Inventory } from '../../guest/inventory.ts'
import { actsInCommand } from '../../irq/act-log.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import type { CommandLogEntry } from '../../ssh/guest-shell.ts'
import { askScenario } from '../ask-scenario.ts'
import { EvidenceFiles } from '../evidence-files.ts'
import type { WorkerMessage, WorkerResult } from '../job.ts'
import { concludeFrom, concludeFromError, type Conclusion } from '../outcome.ts'
import { knownHere, type Progress } from '../run-progress.ts'
import type { HostJob } from './host-job.ts'
import { readyHost } from './ready-host.ts'

/**
 * Runs the scenario and gives its result, when the machine is as it was. Never throws: everything that can go wrong is a
 * conclusion. `stop` ends the run early.
 */
export async function runOnHost(
  scenario: Scenario,
  job: HostJob,
  tell: (message: WorkerMessage) => void,
  stop: AbortSignal,
): Promise<WorkerResult> {
  const scope = new Scope()
  const known: Progress = {
    verdicts: [],
    messages: [],
    release: undefined,
    version: undefined,
    spawnToReadyMs: undefined,
    provoked: () => [],
    vcpus: undefined,
  }
  const stopped = new Promise<never>((_, reject) => {
    const end = () => reject(new Interrupted('SIGTERM'))
    stop.addEventListener('abort', end, { once: true })
    if (stop.aborted) end()
  })
  let conclusion: Conclusion
  try {
    await Promise.race([runIn(scope, scenario, job, tell, known), stopped])
    conclusion = concludeFrom(known.verdicts, knownHere(scenario, known), known.messages)
  } catch (error) {
    conclusion = concludeFromError(error)
  }
  const judgedAtMs = Date.now()
  const leaks = await scope.end()
  const { provoked: _, ...told } = known
  return { type: 'result' as const, ...told, conclusion, judgedAtMs, leaks }
}

async function runIn(
  scope: Scope,
  scenario: Scenario,
  job: HostJob,
  tell: (message: WorkerMessage) => void,
  known: Progress,
): Promise<void> {
  const started = performance.now()
  const limits = new Limits(job.timeoutScale)
  const files = new EvidenceFiles(job.evidenceDir)
  const onCommand = (entry: CommandLogEntry) => {
    try {
      files.append('ssh.jsonl', `${JSON.stringify(entry)}\n`)
      for (const act of actsInCommand(entry.command)) files.keepAct(act)
    } catch {
      // Whoever started us may be dead, and the results of this run swept away: what undoes it must go on.
    }
  }
  const onInventory = (inventory: Inventory) => {
    known.spawnToReadyMs = Math.round(performance.now() - started)
    known.release = inventory.release
    known.version = inventory.version
    files.keepInterrupts('start', inventory.interrupts)
  }
  const ready = await readyHost({ scenario, job, limits, files, tell, onCommand, onInventory }, scope)
  const { seed } = job
  await askScenario(ready, { scenario, job: { seed, machine: scenario.machine }, tell, known, limits, files })
}
