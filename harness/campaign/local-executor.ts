/** Runs a job in a worker process of its own, in its own namespaces on this machine. */
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { enterArgv, innerPid } from '../host/namespace.ts'
import type { Job, WorkerMessage, WorkerResult } from './job.ts'
import type { Child } from '../host/processes.ts'
import { readyWorker } from './worker-process.ts'

/** A job that is being run by a worker. */
export interface Attended {
  /** Rejects with `Trouble` when the worker dies without a result. */
  readonly result: Promise<WorkerResult>
  /** Ends the worker and everything in its namespaces; resolves when it is gone. */
  end(): Promise<void>
}

/** A job that is being run in namespaces of its own. */
export interface Execution extends Attended {
  /** The words that enter the run's namespaces. */
  enter(): Promise<readonly string[]>
}

const END_GRACE_MS = 3000

/** Starts a worker for the job. `program` is the argv that runs irqlab itself. */
export async function execute(
  job: Job,
  program: readonly [string, ...string[]],
  onMessage: (message: WorkerMessage) => void,
): Promise<Execution> {
  const root = process.getuid?.() === 0
  const child = await readyWorker(program)
  const attended = await attend(child, job, onMessage, END_GRACE_MS)
  return { ...attended, enter: async () => enterArgv(await innerPid(child.pid), { root }) }
}

/** Gives a worker its job and listens to it; one that is told to end has `graceMs` to do so. Throws `Trouble`. */
export async function attend(
  child: Child,
  job: object,
  onMessage: (message: WorkerMessage) => void,
  graceMs: number,
): Promise<Attended> {
  let complaint = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000)
  })
  const result = new Promise<WorkerResult>((resolve, reject) => {
    child.onMessage((message) => {
      const told = message as WorkerMessage
      if (told.type === 'result') resolve(told)
      else onMessage(told)
    })
    // The result may still be in the channel when the process is gone.
    void Promise.all([child.exited, child.channelClosed()]).then(([exit]) => {
      reject(workerDied(exit.signal === null ? `with status ${exit.code}` : `by ${exit.signal}`, complaint))
    })
  })
  result.catch(() => undefined)
  const end = async (): Promise<void> => {
    if (child.isRunning) child.closeChannel()
    const gone = child.exited.then(() => true)
    if (!(await Promise.race([gone, pause(graceMs).then(() => false)]))) child.kill('SIGKILL')
    await child.exited
  }
  try {
    await child.send(job)
  } catch (error) {
    await end()
    throw error
  }
  return { result, end }
}

function workerDied(how: string, complaint: string): Trouble {
  const last = complaint.trim().split('\n').slice(0, 12).join('\n')
  return new Trouble(
    'host.worker',
    `The worker of this run ended ${how} without a result${last === '' ? '' : `:\n${last}`}`,
    {
      hint: /unshare|setpriv/.test(last)
        ? 'namespaces are refused here: run as root, or allow user namespaces'
        : 'this is a bug in irqlab: please report it with the lines above',
    },
  )
}
