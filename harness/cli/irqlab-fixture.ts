/** irqlab as a user starts it: a process of its own, with directories that are the test's alone. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Answer, exchange } from '../host/exchange.ts'

/** The file behind the command `irqlab`. */
export const BIN = resolve(import.meta.dirname, '../irqlab.cjs')

/** Directories for one test; none but `dir` and `tmp` is made. */
export interface Place {
  readonly dir: string
  readonly cache: string
  readonly results: string
  /** TMPDIR of everything that is started here. */
  readonly tmp: string
  /** Names in `dir` that the test itself has put there. */
  readonly made: string[]
  /** Everything below `dir` that somebody made, relative. */
  left(): readonly string[]
  remove(): void
}

/** A new place below the system's temporary directory. */
export function makePlace(): Place {
  const dir = mkdtempSync(join(tmpdir(), 'irqlab-cli-'))
  return {
    dir,
    cache: join(dir, 'cache'),
    results: join(dir, 'results'),
    tmp: dir,
    made: [],
    left: () => readdirSync(dir, { recursive: true }).map(String).sort(),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** What a call said, how it ended, and how long it took. */
export interface Called extends Answer {
  readonly tookMs: number
}

/** How irqlab is called, where it is not the usual. */
export interface CallOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly limitMs?: number
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[]
  readonly input?: string
  /** Instead of this Node and this irqlab. */
  readonly program?: readonly string[]
}

/** Calls irqlab with an empty cache in the place, and waits for its end. */
export async function irqlab(
  place: Place,
  args: readonly string[],
  options: CallOptions = {},
): Promise<Called> {
  const env = { TMPDIR: place.tmp, IRQLAB_CACHE: place.cache, ...options.env }
  const pairs = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const started = performance.now()
  const program = options.program ?? [process.execPath, ...(options.nodeArgs ?? []), BIN]
  const answer = await exchange(['/usr/bin/env', ...pairs, ...program, ...args], {
    stage: 'test',
    limitMs: options.limitMs ?? 30_000,
    cwd: place.dir,
    ...(options.input === undefined ? {} : { input: options.input }),
  })
  return { ...answer, tookMs: performance.now() - started }
}
