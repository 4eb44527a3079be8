/** A capture from wherever it is: a machine, an archive, a folder. */
import { type Capture, captureOf } from '../diagnose/capture.ts'
import { readArchive } from './archive.ts'
import { readFolder } from './folder.ts'
import { takeFiles, type TakeOptions } from './take.ts'
import type { Target } from './target.ts'

/** Reads or takes it. Throws `Trouble` when it cannot be had, or is no capture. */
export async function readCapture(target: Target, options: TakeOptions): Promise<Capture> {
  const { files, defects } =
    target.kind === 'archive'
      ? await readArchive(target.path)
      : target.kind === 'folder'
        ? readFolder(target.path)
        : await takeFiles(target, options)
  return captureOf(files, defects)
}
