/** Runs a job in a worker process of its own, in its own namespaces on this machine. */
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { enterArgv, innerPid } from '../host/namespace.ts'
import type { Job, WorkerMessage, WorkerResult } from './job.ts'
import { readyWorker } from './worker-process.ts'

/** A job that is being run. */
export interface Execution {
  /** Rejects with `Trouble` when the worker dies without a result. */
  readonly result: Promise<WorkerResult>
  /** The words that enter the run's namespaces. */
  enter(): Promise<readonly string[]>
  /** Ends the worker and everything in its namespaces; resolves when it is gone. */
  end(): Promise<void>
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
    if (!(await Promise.race([gone, pause(END_GRACE_MS).then(() => false)]))) child.kill('SIGKILL')
    await child.exited
  }
  try {
    await child.send(job)
  } catch (error) {
    await end()
    throw error
  }
  return {
    result,
    enter: async () => enterArgv(await innerPid(child.pid), { root }),
    end,
  }
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
