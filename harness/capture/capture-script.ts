/** The one collector: a POSIX shell script that runs here, over SSH, and at a customer's without us. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** The script's file. */
export const CAPTURE_SCRIPT = resolve(import.meta.dirname, 'capture.sh')

/** What can be asked of it. */
export interface CaptureRequest {
  /** Seconds between the two samples: 0 to 60. */
  readonly intervalSeconds: number
  readonly anonymise: boolean
}

/** Its text, as a customer reads it. */
export function captureScript(): string {
  return readFileSync(CAPTURE_SCRIPT, 'utf8')
}

/** Its arguments for an archive on standard output. */
export function scriptWords(
  { intervalSeconds, anonymise }: CaptureRequest,
  compressed: boolean,
): readonly string[] {
  return [
    '-o',
    '-',
    '-i',
    String(intervalSeconds),
    ...(anonymise ? ['-a'] : []),
    ...(compressed ? [] : ['-u']),
  ]
}
