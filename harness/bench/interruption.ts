/** How does a signal end a measurement that knows nothing of signals? */
import { Interrupted } from '../base/errors.ts'

/** Does work unless we were told to stop. */
export type UnlessStopped = <T>(work: () => Promise<T>) => Promise<T>

/** Gives a wrapper: work that was begun is abandoned with `Interrupted` once the signal is aborted, and no more is begun. */
export function stopper(signal: AbortSignal): UnlessStopped {
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(interruption(signal)), { once: true })
  })
  stopped.catch(() => undefined)
  return async (work) => {
    if (signal.aborted) throw interruption(signal)
    return Promise.race([work(), stopped])
  }
}

function interruption(signal: AbortSignal): Interrupted {
  return signal.reason instanceof Interrupted ? signal.reason : new Interrupted('SIGINT')
}
