/** How do we run a short command on this host and hear all it had to say? The only file that imports zx. */
import type { ProcessOutput, ProcessPromise } from 'zx/core'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { errnoOf } from './errno.ts'
import { scrubbed, withSbin } from './processes.ts'

/** What a command needs beside its words. */
export interface RunOptions {
  /** Where a failure belongs, in the dotted words of `Trouble`. */
  readonly stage: string
  /** The whole process group is ended when the command takes longer than this. */
  readonly limitMs: number
  readonly cwd?: string
  /** Added to our own environment; `undefined` removes a name. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Text for stdin; without it stdin is empty. */
  readonly input?: string
  /** What to call the command in a message; its words, when absent. */
  readonly called?: string
  /** What to try when it fails: the hint of the `Trouble`. */
  readonly hint?: string
  /** It must be left to finish even when we die: a half-done installation of packages is worse than a late one. */
  readonly outlivesUs?: boolean
}

/** What a command said. Both texts are as written, newlines included. */
export interface CommandText {
  readonly stdout: string
  readonly stderr: string
}

/** How long a command may take to end itself after SIGTERM, before SIGKILL. */
const graceMs = 2000

/**
 * Runs one command, given as its words: nothing is split or expanded by a shell.
 * Throws `Trouble` at `stage` with the command, how it ended and the last line of its stderr.
 */
export async function run(argv: readonly string[], options: RunOptions): Promise<CommandText> {
  const start = await starter()
  const output = await endWithin(start(argv, options), argv, options)
  if (output.exitCode !== 0) {
    const { stage, hint } = options
    throw new Trouble(stage, describeFailure(argv, options, output), hint === undefined ? {} : { hint })
  }
  return { stdout: output.stdout, stderr: output.stderr }
}

/** Gives a function, not the command: whoever awaits a function that returns zx's promise waits for the command's end. */
async function starter(): Promise<(argv: readonly string[], options: RunOptions) => ProcessPromise> {
  // Imported late: most invocations of irqlab (--help, list, a warm run) need no host command at all.
  const { $ } = await import('zx/core')
  // zx ends a command by asking `ps` for its descendants and throws past every catch where there is no `ps`
  // (zx 8.8.5). Our commands lead their own process group, which needs no `ps`.
  $.kill = async (pid, signal = 'SIGTERM') => signalGroup(Number(pid), signal)
  return (argv, { cwd, env, input, outlivesUs }) => {
    // A command in its own group hears no Ctrl-C, and would go on after our death. This tells it, whatever we die of.
    const words = outlivesUs ? [...argv] : ['setpriv', '--pdeathsig', 'TERM', '--', ...argv]
    const settings = $({
      cwd: cwd ?? process.cwd(),
      env: environment(env),
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
      detached: true,
      nothrow: true,
      quiet: true,
      prefix: '',
      preferLocal: false,
    })
    return settings`${words}`
  }
}

async function endWithin(
  child: ProcessPromise,
  argv: readonly string[],
  options: RunOptions,
): Promise<ProcessOutput> {
  const limit = new Deadline(options.stage, nameOf(argv, options), options.limitMs)
  try {
    return await limit.race(child)
  } catch (error) {
    await endGroup(child)
    throw error
  }
}

async function endGroup(child: ProcessPromise): Promise<void> {
  const pid = child.pid
  if (pid === undefined) return
  signalGroup(pid, 'SIGTERM')
  try {
    await new Deadline('host.shell', 'a command told to end', graceMs).race(child)
  } catch {
    signalGroup(pid, 'SIGKILL')
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // ESRCH: it ended by itself in the meantime, which is what we wanted.
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}

function environment(extra: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  // Messages are read by us and quoted: one language.
  return { ...scrubbed(withSbin(process.env)), LC_ALL: 'C', ...extra }
}

function describeFailure(argv: readonly string[], options: RunOptions, output: ProcessOutput): string {
  const how = output.signal === null ? `exit code ${output.exitCode}` : `signal ${output.signal}`
  const reason = tellingLine(output.stderr)
  return `${nameOf(argv, options)} ended with ${how}${reason === '' ? '' : `: ${reason}`}`
}

/** Most programs say it last; apt and those that use it put the cause first and end with a general remark. */
export function tellingLine(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim())
  return lines.find((line) => line.startsWith('E: ')) ?? lines.findLast((line) => line !== '') ?? ''
}

/** The command as a person would read it, cut where it would fill the screen. */
function nameOf(argv: readonly string[], options: RunOptions): string {
  const text = options.called ?? argv.join(' ')
  return `\`${text.length <= 160 ? text : `${text.slice(0, 157)}...`}\``
}
