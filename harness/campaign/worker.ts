/** The life of a worker process: told one job over IPC, runs it in its namespaces, tells the result, ends. */
import { pathToFileURL } from 'node:url'
import { Trouble } from '../base/errors.ts'
import { isScenario, type Scenario } from '../scenario/scenario.ts'
import type { Job, WorkerMessage } from './job.ts'

/** Waits for the job, runs it, and resolves when everything was told and undone. */
export async function runWorker(): Promise<void> {
  // All that a run needs is loaded while the job is on its way, and not at all by those who only load scenarios.
  const loading = import('./run-scenario.ts')
  const job = await new Promise<Job>((resolve) => {
    process.once('message', (message) => resolve(message as Job))
  })
  let ended: () => void = () => undefined
  const toldToEnd = new Promise<void>((resolve) => {
    ended = resolve
  })
  process.once('message', ended)
  const scenario = await loadScenario(job.scenario.file)
  const { runScenario } = await loading
  const result = await runScenario(scenario, job, tell, async (early) => {
    if (!job.keep) return
    tell(early)
    await toldToEnd
  })
  if (!job.keep) await tellAndWait(result)
}

/** The scenario that a file exports. Throws `Trouble` when it exports none. */
export async function loadScenario(file: string): Promise<Scenario> {
  const module = (await import(pathToFileURL(file).href)) as { default?: unknown }
  if (isScenario(module.default)) return module.default
  throw new Trouble('scenario.load', `${file} has no scenario as its default export`, { lasting: true })
}

function tell(message: WorkerMessage): void {
  process.send?.(message)
}

function tellAndWait(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, {}, () => resolve())
  })
}
