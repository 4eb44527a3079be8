/** What did the user mean by `--kernel deb:FILE[,FILE...]`? That each is a whole .deb is seen here. */
import { resolve } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { debFlaw } from './deb-file.ts'
import { demandFile, sourceRefusal } from './source-path.ts'

/** A kernel in packages that the user has: one as `make bindeb-pkg` makes it, or the parts of one. */
export interface DebKernelSource {
  readonly kind: 'deb'
  readonly text: string
  /** Absolute, at least one. */
  readonly files: readonly string[]
}

/** Reads one or several paths. Throws `UsageError` for what is no whole .deb; what is in it is looked at later. */
export function parseDebSource(text: string, wanted: string): DebKernelSource {
  if (wanted === '')
    throw new UsageError(`--kernel ${text}: give the path of a linux-image package, as deb:FILE`)
  const parts = wanted.split(',')
  const files = parts.map((part) => {
    if (part === '') throw new UsageError(`--kernel ${text}: one of the names is empty`)
    const path = resolve(part)
    demandFile(text, part, path)
    const flaw = flawOf(text, part, path)
    if (flaw !== undefined) throw sourceRefusal(text, part, flaw)
    return path
  })
  const twice = parts.find((_, at) => files.indexOf(files[at] ?? '') !== at)
  if (twice !== undefined) throw sourceRefusal(text, twice, 'it is named twice')
  return { kind: 'deb', text, files }
}

function flawOf(text: string, part: string, path: string): string | undefined {
  try {
    return debFlaw(path)
  } catch (error) {
    throw sourceRefusal(text, part, `it cannot be read: ${messageOf(error)}`)
  }
}
