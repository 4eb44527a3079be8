/**
 * Takes a capture: has the script run, on this host or over the system's own ssh(1), and gives its archive as a stream.
 * ssh(1) and not ssh2: a stranger's machine is reached by the user's own configuration, agent, jump hosts and known keys.
 */
import { createWriteStream, openSync, rmSync, type WriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { Deadline } from '../base/deadline.ts'
import { messageOf, Trouble } from '../base/errors.ts'
import { type Child, spawnProcess } from '../host/processes.ts'
import { sshArgv } from '../host/ssh-argv.ts'
import { readTar } from './archive.ts'
import { CAPTURE_SCRIPT, captureScript, type CaptureRequest, scriptWords } from './capture-script.ts'
import type { Host } from './target.ts'
import type { Unpacked } from './unpacked.ts'
import { gunzipped } from './unpacking.ts'

/** For a large machine that is busy, and a person who types a password. The samples' interval comes on top. */
const LIMIT_MS = 120_000
const END_GRACE_MS = 2000

/** How to get there. */
export interface TakeOptions extends CaptureRequest {
  /** Run the script by `sudo -n` there: debugfs and the kernel's log are root's. */
  readonly sudo: boolean
  readonly signal: AbortSignal
}

/** Takes a capture into memory. Throws `Trouble` when the machine cannot be reached, the script fails, or it takes too long. */
export function takeFiles(host: Host, options: TakeOptions): Promise<Unpacked> {
  // Nothing is gained by packing what only goes through a pipe.
  const compressed = host.kind === 'ssh'
  return withScript(host, options, compressed, (child) =>
    readTar(compressed ? gunzipped(child.stdout) : child.stdout),
  )
}

/** Takes a capture of a folder that has proc/ and sys/: one sample, as nothing changes there. Throws `Trouble` as above. */
export function takeTree(path: string, signal: AbortSignal): Promise<Unpacked> {
  const options = { intervalSeconds: 0, anonymise: false, sudo: false, signal, root: resolve(path) }
  return withScript({ kind: 'here' }, options, false, (child) => readTar(child.stdout))
}

/** Takes a capture into a new file, packed. Throws `Trouble` as above, also when there is such a file; no part of one is left. */
export async function takeArchive(host: Host, options: TakeOptions, path: string): Promise<void> {
  const file = newFile(path)
  try {
    await withScript(host, options, true, (child) => pipeline(child.stdout, file))
  } catch (error) {
    file.destroy()
    rmSync(path, { force: true })
    throw error
  }
}

function newFile(path: string): WriteStream {
  try {
    // Opened before anything is asked of the machine, and never over what is there.
    return createWriteStream(path, { fd: openSync(path, 'wx', 0o600) })
  } catch (error) {
    throw new Trouble('capture.file', `cannot write ${path}: ${messageOf(error)}`, {
      cause: error,
      lasting: true,
    })
  }
}

async function withScript<T>(
  host: Host,
  options: TakeOptions & { readonly root?: string },
  compressed: boolean,
  use: (child: Child) => Promise<T>,
): Promise<T> {
  options.signal.throwIfAborted()
  const words = [
    ...scriptWords(options, compressed),
    ...(options.root === undefined ? [] : ['-r', options.root]),
  ]
  const child = await spawnProcess(argvFor(host, options, words), {
    stdio: ['pipe', 'pipe', 'pipe'],
    stage: 'capture.start',
    // ssh(1) asks for a password at the terminal: it must stay in our session.
    detached: false,
  })
  const stop = () => void child.kill('SIGTERM')
  options.signal.addEventListener('abort', stop)
  try {
    if (host.kind === 'ssh') child.stdin.write(captureScript())
    child.stdin.end()
    const complaint = text(child.stderr)
    const work = use(child).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    const limit = new Deadline('capture', 'the capture', LIMIT_MS + options.intervalSeconds * 1000)
    const [result, exit] = await limit.race(Promise.all([work, child.exited]))
    options.signal.throwIfAborted()
    // Who refused to read on made the other end fail.
    if ('error' in result && isRefusal(result.error)) throw result.error
    // Else what the script or ssh(1) said is nearer to the cause than what its archive then lacks.
    if (exit.code !== 0) throw failure(host, exit.code ?? exit.signal, await limit.race(complaint))
    if ('error' in result) throw result.error
    return result.value
  } finally {
    options.signal.removeEventListener('abort', stop)
    if (child.isRunning) await child.terminate(END_GRACE_MS)
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Trouble && error.lasting
}

function argvFor(
  host: Host,
  { sudo }: TakeOptions,
  words: readonly string[],
): readonly [string, ...string[]] {
  const root = sudo ? ['sudo', '-n'] : []
  if (host.kind === 'here') {
    const [first = 'sh', ...rest] = [...root, 'sh', CAPTURE_SCRIPT, ...words]
    return [first, ...rest]
  }
  // The words have nothing that a shell there would take for more than a word, whichever it is.
  return sshArgv(host, [...root, 'sh', '-s', '--', ...words].join(' '))
}

function failure(host: Host, how: number | string | null, complaint: string): Trouble {
  const said = complaint
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '')
  const where = host.kind === 'here' ? 'here' : `on ${host.destination}`
  const hint =
    host.kind === 'ssh' && how === 255
      ? `try \`ssh ${host.port === undefined ? '' : `-p ${host.port} `}${host.destination} true\`; IRQLAB_SSH may have another ssh command`
      : 'run the script there: `irqlab capture --script` prints it'
  return new Trouble(
    host.kind === 'ssh' && how === 255 ? 'capture.ssh' : 'capture.script',
    `the capture ${where} ended with ${how}${said === undefined ? '' : `: ${said}`}`,
    { hint },
  )
}
