/** A guest that `irqlab run --keep` holds, used as a reader of the page would use it: by `irqlab shell`, and by a capture. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { poll } from '../base/poll.ts'
import { readArchive } from '../capture/archive.ts'
import { captureScript } from '../capture/capture-script.ts'
import { irqlabChild } from '../cli/irqlab-child.ts'
import { captureOf } from '../diagnose/capture.ts'
import { type Diagnosis, diagnose } from '../diagnose/diagnose.ts'
import { observe } from '../diagnose/observe.ts'
import { spawnProcess } from '../host/processes.ts'

const IRQLAB = resolve(import.meta.dirname, '../irqlab.cjs')
/** From the command to the guest's verdicts, on a busy machine, its kernel built before. */
const START_LIMIT_MS = 10 * 60_000
const COMMAND_LIMIT_MS = 120_000
const END_GRACE_MS = 30_000
const STAGE = 'transcripts.guest'

/** The guest. */
export interface KeptGuest {
  /** What a shell there says, errors between. */
  readonly shell: (command: string) => Promise<string>
  /** A capture of two samples, three seconds apart; `during` is typed between them. */
  readonly look: (during?: string) => Promise<Diagnosis>
}

/** Boots it, has `use` work with it, and ends it. Throws `Trouble` when it does not come up, or a command does not end. */
export async function withKeptGuest<T>(
  words: readonly string[],
  signal: AbortSignal,
  use: (guest: KeptGuest) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'irqlab-transcripts-'))
  const child = await spawnProcess([process.execPath, IRQLAB, 'run', ...words, '--keep', '--results', dir], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    stage: STAGE,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      said += piece
    })
  try {
    const up = new Deadline(STAGE, `the guest of irqlab run ${words.join(' ')}`, START_LIMIT_MS)
    const run = await poll(
      up,
      () => {
        signal.throwIfAborted()
        const name = /^ {2}irqlab shell (\S+)$/m.exec(said)?.[1]
        if (name === undefined && !child.isRunning)
          throw new Trouble(STAGE, `irqlab run ${words.join(' ')} ended:\n${said.trim()}`)
        return name
      },
      { everyMs: 500, seen: () => said.trim().split('\n').at(-1) ?? '' },
    )
    return await use(keptGuest(resolve(dir, run), dir, signal))
  } finally {
    if (child.isRunning) {
      child.kill('SIGINT')
      await new Deadline(STAGE, 'the end of the guest', END_GRACE_MS).race(child.exited)
    }
    rmSync(dir, { recursive: true, force: true })
  }
}

function keptGuest(run: string, dir: string, signal: AbortSignal): KeptGuest {
  const shell = async (command: string): Promise<string> => {
    const { out, complaint } = await irqlabChild(['shell', run, `exec 2>&1\n${command}`], {
      limitMs: COMMAND_LIMIT_MS,
      signal,
      stage: STAGE,
    })
    // What goes wrong there is in the answer: the shell's errors come with it.
    if (complaint !== '') throw new Trouble(STAGE, `irqlab shell: ${complaint}`)
    return out
  }
  return {
    shell,
    look: async (during) => {
      const between = during === undefined ? '' : `(sleep 1; ${during}) >/dev/null 2>&1 &\n`
      // A command is no longer than 9,000 characters where dropbear reads it: packed the script is half of that.
      const packed = gzipSync(captureScript()).toString('base64')
      await shell(`echo ${packed} | base64 -d | gunzip >/tmp/capture.sh`)
      // Text through and through: not packed it survives the way of a string.
      const path = join(dir, 'guest.tar')
      writeFileSync(path, await shell(`${between}sh /tmp/capture.sh -u -i 3 -o - 2>/dev/null`))
      const { files, defects } = await readArchive(path)
      return diagnose(observe(captureOf(files, defects)))
    },
  }
}
