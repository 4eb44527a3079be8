import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { SerialLog } from './serial-log.ts'

/** A console that we write, and the log that listens to it. */
function consoleOf(t: Tap.Test): {
  readonly line: PassThrough
  readonly log: SerialLog
  readonly path: string
} {
  const path = join(t.testdir({}), 'serial.log')
  const line = new PassThrough()
  return { line, log: new SerialLog(line, path), path }
}
