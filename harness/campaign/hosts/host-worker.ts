/**
 * The life of a worker for a machine that is not ours: told one job over IPC, runs it, tells the result, ends. It lives in no
 * namespace, and it outlives who started it: until all is as it was.
 */
import { loadScenario } from '../worker.ts'
import type { WorkerMessage } from '../job.ts'
import type { HostJob } from './host-job.ts'
import { runOnHost } from './run-on-host.ts'

/** Waits for the job, runs it, and resolves when everything was told and undone. */
export async function runHostWorker(): Promise<void> {
  const stop = new AbortController()
  process.once('disconnect', () => stop.abort())
  if (!process.connected) return
  const job = await new Promise<HostJob | undefined>((resolve) => {
    process.once('message', (message) => resolve(message as HostJob))
    process.once('disconnect', () => resolve(undefined))
  })
  if (job === undefined) return
  const scenario = await loadScenario(job.scenario.file)
  const result = await runOnHost(scenario, job, tell, stop.signal)
  if (process.connected)
    await new Promise<void>((resolve) => process.send?.(result, undefined, {}, () => resolve()))
}

/** Whoever started us may be gone: then nobody hears. */
function tell(message: WorkerMessage): void {
  if (process.connected) process.send?.(message)
}
