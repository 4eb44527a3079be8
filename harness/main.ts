/** The door from the command line: the only place that reads argv or exits. */
import {
  Bug,
  Interrupted,
  KernelFault,
  messageOf,
  NotApplicable,
  Trouble,
  UsageError,
} from './base/errors.ts'

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

const stop = new AbortController()
for (const signal of Object.keys(SIGNAL_NUMBERS) as (keyof typeof SIGNAL_NUMBERS)[]) {
  process.on(signal, () => {
    if (stop.signal.aborted) {
      process.stderr.write(`irqlab: ${signal} again: ending at once; look for results/*/**/*.partial\n`)
      process.exit(128 + SIGNAL_NUMBERS[signal])
    }
    stop.abort(new Interrupted(signal))
  })
}

try {
  process.exit(await dispatch(process.argv.slice(2)))
} catch (error) {
  process.exit(explain(error))
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [first = ''] = args
  switch (first) {
    // A worker is started by a campaign only, and lives no longer than it.
    case 'worker': {
      const { endWithParent } = await import('./host/namespace.ts')
      endWithParent(() => process.exit(0))
      const { runWorker } = await import('./campaign/worker.ts')
      await runWorker()
      return 0
    }
    case 'guest-shell': {
      const { runGuestShell } = await import('./cli/guest-terminal.ts')
      return runGuestShell(args.slice(1))
    }
    default: {
      const { runProgram } = await import('./cli/program.ts')
      return runProgram(args, { signal: stop.signal, startedAtMs: performance.timeOrigin })
    }
  }
}

/** Says what went wrong in a few lines on standard error, and gives the exit code that belongs to it. */
function explain(error: unknown): number {
  if (error instanceof Interrupted) {
    return 128 + (SIGNAL_NUMBERS[error.signal as keyof typeof SIGNAL_NUMBERS] ?? 2)
  }
  if (error instanceof Bug || !isOurs(error)) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.stderr.write(`irqlab: this is a bug in irqlab, please report it:\n${what}\n`)
    return 70
  }
  process.stderr.write(`irqlab: ${messageOf(error)}\n`)
  if (error instanceof Trouble && error.hint !== undefined) process.stderr.write(`irqlab: ${error.hint}\n`)
  if (error instanceof UsageError) return 64
  if (error instanceof KernelFault) return 1
  return error instanceof NotApplicable ? 4 : 2
}

function isOurs(error: unknown): boolean {
  return [Trouble, UsageError, KernelFault, NotApplicable].some((kind) => error instanceof kind)
}
