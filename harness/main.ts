/** The door from the command line: the only place that reads argv or exits. */
import { Interrupted, Trouble } from './base/errors.ts'
import { endingOf, SIGNAL_NUMBERS } from './cli/ending.ts'
import { interruptible } from './cli/interruptible.ts'

/** The launcher passes on what the terminal may have told us already. A person is not as fast as this. */
const SAME_SIGNAL_MS = 200

const stop = new AbortController()
let firstSignalAt = -Infinity
for (const signal of Object.keys(SIGNAL_NUMBERS) as (keyof typeof SIGNAL_NUMBERS)[]) {
  process.on(signal, () => {
    const now = performance.now()
    if (!stop.signal.aborted) {
      firstSignalAt = now
      stop.abort(new Interrupted(signal))
    } else if (now - firstSignalAt > SAME_SIGNAL_MS) {
      process.stderr.write(
        `\nirqlab: ${signal} again: ending at once; a *.partial may be left in the results\n`,
      )
      process.exit(128 + SIGNAL_NUMBERS[signal])
    }
  })
}
// Whoever reads us may stop to (`irqlab list | head -1`), and a terminal may close: no reason to end a run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') end(new Trouble('output', error.message))
  })
}
// Node's own answer would be exit code 1, which means that the kernel failed.
process.on('uncaughtException', end)

try {
  const exitCode = await dispatch(process.argv.slice(2))
  // A full disk is told by the stream only now.
  await new Promise((done) => process.stdout.write('', done))
  process.exit(exitCode)
} catch (error) {
  end(error)
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args
  // A worker is started by a campaign only, over a channel, and lives no longer than it.
  if (command === 'worker' && process.send !== undefined) {
    const { endWithParent } = await import('./host/namespace.ts')
    endWithParent(() => process.exit(0))
    const { runWorker } = await import('./campaign/worker.ts')
    await runWorker()
    return 0
  }
  // The same for a machine that is not ours: it puts back what it has changed before it ends.
  if (command === 'host-worker' && process.send !== undefined) {
    const { runHostWorker } = await import('./campaign/hosts/host-worker.ts')
    await runHostWorker()
    return 0
  }
  // Started by `irqlab shell` inside the run's namespaces.
  if (command === 'guest-shell' && process.env['IRQLAB_GUEST_LOGIN'] !== undefined) {
    const { runGuestShell } = await import('./cli/guest-terminal.ts')
    return interruptible(stop.signal, runGuestShell(rest))
  }
  const { runProgram } = await import('./cli/program.ts')
  return runProgram(args, { signal: stop.signal, startedAtMs: performance.timeOrigin })
}

function end(error: unknown): never {
  const { exitCode, text } = endingOf(error)
  process.stderr.write(text)
  process.exit(exitCode)
}
