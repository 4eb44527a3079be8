/** What is left of an irqlab that is gone? Its processes, taps, mounts, locks, and what it made on the disk. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { type Child, spawnProcess } from '../host/processes.ts'
import { exchange } from '../host/exchange.ts'
import { DURATIONS_FILE } from '../record/durations.ts'
import { recordSchema } from '../record/run-record.ts'
import { BIN, type Place } from './irqlab-fixture.ts'

/** All that irqlab starts inherits this variable: nothing that descends from it can hide. */
const MARK = 'IRQLAB_TEST_MARK'
let marks = 0

/** An irqlab that runs, in a place of its own. */
export interface Running {
  readonly child: Child
  readonly mark: string
  readonly stdout: () => string
  readonly stderr: () => string
}

/** How it is started, where it is not the usual. */
export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[]
  /** Instead of this Node and this irqlab. */
  readonly program?: readonly [string, ...string[]]
  /** The leader of a process group, as a job of a shell is. */
  readonly ownGroup?: boolean
}

/** Starts irqlab, by the Node that runs this test: the process is the one that has main.ts. */
export async function start(
  place: Place,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Running> {
  const mark = `${process.pid}-${Date.now()}-${++marks}`
  const program = options.program ?? [process.execPath, ...(options.nodeArgs ?? []), BIN]
  const child = await spawnProcess([...program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: place.dir,
    detached: options.ownGroup ?? false,
    env: { ...process.env, TMPDIR: place.tmp, ...options.env, [MARK]: mark },
  })
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)]
  return { child, mark, stdout, stderr }
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  return () => text
}

/** Waits until it has said something on one of its outputs. Throws `Trouble` when it never does, or ends first. */
export async function said(running: Running, words: RegExp, limitMs = 90_000): Promise<void> {
  const all = () => running.stdout() + running.stderr()
  await poll(
    new Deadline('test', `irqlab saying ${words}`, limitMs),
    () => words.test(all()) || !running.child.isRunning || undefined,
    { everyMs: 10, seen: all },
  )
  if (!words.test(all())) throw new Error(`irqlab ended without saying ${words}: ${all()}`)
}

/** Processes that descend from this one, by their parents, the process itself included. */
export function treeOf(root: number): readonly number[] {
  const parents = new Map(pids().map((pid) => [pid, parentOf(pid)]))
  const tree = [root]
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  return tree
}

/** The command line of a process, words apart by spaces; empty when it is gone. */
export function commandOf(pid: number): string {
  return textAt(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
}

/** What is there of it now; each entry names one thing. `tree` is of a moment at which it still ran. */
async function leftovers(
  place: Place,
  { mark, child }: Running,
  tree: readonly number[],
): Promise<readonly string[]> {
  const processes = pids()
    .filter((pid) => tree.includes(pid) || textAt(`/proc/${pid}/environ`).includes(`${MARK}=${mark}`))
    .filter((pid) => pid !== process.pid && !/^State:\s+[ZX]/m.test(textAt(`/proc/${pid}/status`)))
    .filter((pid) => pid !== child.pid || child.isRunning)
    .map((pid) => `process ${pid}: ${commandOf(pid).slice(0, 120)}`)
  const devices = linesWith('/proc/net/dev', /irqlab/)
  const mounts = linesWith('/proc/mounts', /irqlab/)
  return [...processes, ...devices, ...mounts, ...filesLeft(place), ...(await locksLeft(place))]
}

/** Waits for nothing to be left; gives what is after the limit, and how long it took. */
export async function gone(
  place: Place,
  running: Running,
  tree: readonly number[],
  limitMs = 3000,
): Promise<{ readonly left: readonly string[]; readonly tookMs: number }> {
  const started = performance.now()
  let left: readonly string[] = []
  const deadline = new Deadline('test', 'everything gone', limitMs)
  await poll(
    deadline,
    async () => {
      left = await leftovers(place, running, tree)
      return left.length === 0 || undefined
    },
    { everyMs: 20 },
  ).catch(() => undefined)
  return { left, tookMs: Math.round(performance.now() - started) }
}

/** Half-made results and images, records that are no records, empty directories, and anything in TMPDIR. */
function filesLeft(place: Place): readonly string[] {
  const half = [place.results, place.cache]
    .filter((dir) => existsSync(dir))
    .flatMap((dir) =>
      listing(dir).filter(
        (path) =>
          /^(partial|aside)-|(^|\/)partial-|\.partial(\/|$)/.test(path) || isBadRecord(join(dir, path)),
      ),
    )
  const known = new Set(['results', 'cache', ...place.made])
  const strays = readdirSync(place.dir).filter((name) => !known.has(name))
  const empty = existsSync(place.results)
    ? readdirSync(place.results).filter(
        (name) =>
          name !== DURATIONS_FILE &&
          !listing(join(place.results, name)).some((path) => path.endsWith('/record.json')),
      )
    : []
  return [
    ...half.map((path) => `half-made: ${path}`),
    ...strays.map((name) => `stray: ${name}`),
    ...empty.map((name) => `campaign without a record: ${name}`),
  ]
}

function listing(dir: string): readonly string[] {
  try {
    return readdirSync(dir, { recursive: true }).map(String)
  } catch {
    return [] // Removed while we looked.
  }
}

function isBadRecord(path: string): boolean {
  if (!path.endsWith('/record.json')) return false
  try {
    return !recordSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).success
  } catch {
    return existsSync(path)
  }
}

/** Whether the cache can be locked at once. */
async function locksLeft(place: Place): Promise<readonly string[]> {
  if (!existsSync(place.cache)) return []
  const argv = ['flock', '--nonblock', `${place.cache}/.`, 'true'] as const
  const { status } = await exchange(argv, { stage: 'test', limitMs: 5000 })
  return status === 0 ? [] : ['the lock of the cache']
}

function pids(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(textAt(`/proc/${pid}/status`))?.[1])
}

function linesWith(file: string, pattern: RegExp): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) => `${file}: ${line.trim()}`)
}

/** Empty for a process that ended while we looked. */
function textAt(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
