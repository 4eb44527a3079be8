/** What may be dropped at once when a signal comes. */
import { Interrupted } from '../base/errors.ts'

/** The work's result, or a throw of `Interrupted` as soon as the signal is aborted; the work itself is not ended. */
export async function interruptible<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop: () => void = () => undefined
  const interrupted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason instanceof Interrupted ? signal.reason : new Interrupted('SIGINT'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, interrupted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
