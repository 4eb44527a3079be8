/** How does a worker process start? In its own namespaces; the first one before its job is known, because it takes its time to load. */
import { namespaceArgv } from '../host/namespace.ts'
import { type Argv, type Child, spawnProcess } from '../host/processes.ts'

interface Spare {
  readonly program: Argv
  readonly worker: Promise<Child | undefined>
}

let spare: Spare | undefined

/**
 * Starts a worker for the first job to come, while we prepare what the job needs. It touches nothing until it is told its
 * job, and ends with us like any other. Trouble with it is told by the one that is started in its place.
 */
export function startSpareWorker(program: Argv): void {
  spare ??= { program, worker: startWorker(program).catch(() => undefined) }
}

/** A worker that waits for its job: the spare one, once, else a new one. Throws `Trouble` at `host.worker`. */
export async function readyWorker(program: Argv): Promise<Child> {
  const waiting = spare
  spare = undefined
  const worker = await waiting?.worker
  if (worker?.isRunning === true) {
    if (waiting?.program.join('\0') === program.join('\0')) return worker
    worker.closeChannel() // The order to end.
  }
  return startWorker(program)
}

function startWorker(program: Argv): Promise<Child> {
  const root = process.getuid?.() === 0
  // An own session: Ctrl-C reaches us alone, and we end the worker in order.
  return spawnProcess([...namespaceArgv({ root }), ...program, 'worker'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ipc: true,
    detached: true,
    stage: 'host.worker',
  })
}
