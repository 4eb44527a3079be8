/** A capture from wherever it is: a machine, an archive, a folder. */
import { type Capture, captureOf } from '../diagnose/capture.ts'
import { readArchive, type Unpacked } from './archive.ts'
import { readFolder } from './folder.ts'
import { takeFiles, takeTree, type TakeOptions } from './take.ts'
import type { Target } from './target.ts'

/** Reads or takes it. Throws `Trouble` when it cannot be had, or is no capture. */
export async function readCapture(target: Target, options: TakeOptions): Promise<Capture> {
  const { files, defects } = await unpacked(target, options)
  return captureOf(files, defects)
}

function unpacked(target: Target, options: TakeOptions): Promise<Unpacked> | Unpacked {
  switch (target.kind) {
    case 'archive':
      return readArchive(target.path)
    case 'folder':
      return readFolder(target.path)
    case 'tree':
      return takeTree(target.path, options.signal)
    case 'here':
    case 'ssh':
      return takeFiles(target, options)
  }
}
