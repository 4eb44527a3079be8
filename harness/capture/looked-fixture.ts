/** What becomes of an archive or a folder, whatever is in it: a diagnosis, or the words of a refusal. */
import { Trouble } from '../base/errors.ts'
import { diagnose, type Diagnosis } from '../diagnose/diagnose.ts'
import { observe } from '../diagnose/observe.ts'
import { readCapture } from './read.ts'

const options = {
  intervalSeconds: 0,
  anonymise: false,
  sudo: false,
  signal: new AbortController().signal,
}
/** What was made of it, or the words of the refusal. Anything else than trouble that knows its name is a crash. */
export async function looked(kind: 'archive' | 'folder', path: string): Promise<Diagnosis | string> {
  try {
    return diagnose(observe(await readCapture({ kind, path }, options)))
  } catch (error) {
    if (error instanceof Trouble) return error.message
    throw error
  }
}
