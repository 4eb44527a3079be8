/** A console for tests: what they print, a `SerialLog` reads. */
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pause } from '../base/poll.ts'
import { SerialLog } from './serial-log.ts'

/** A guest's console whose other end is in the hands of a test. */
export interface FakeConsole {
  readonly log: SerialLog
  /** Where the log is kept. */
  readonly path: string
  /** Prints and lets the log read it. */
  readonly print: (text: string | Buffer) => Promise<void>
  /** Hangs up, and waits until everything is on disk. */
  readonly end: () => Promise<void>
}

/** A console whose log is kept in `dir`. */
export function fakeConsole(dir: string): FakeConsole {
  const line = new PassThrough()
  const path = join(dir, 'serial.log')
  const log = new SerialLog(line, path)
  return {
    log,
    path,
    print: async (text) => {
      line.write(text)
      await pause(1)
    },
    end: async () => {
      line.end()
      await log.ended
    },
  }
}
