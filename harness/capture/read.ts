/** A capture from wherever it is: a machine, an archive, a folder; our own, a sosreport, or loose files. */
import { Trouble } from '../base/errors.ts'
import { type Capture, captureOf, hasManifest } from '../diagnose/capture.ts'
import { readArchive } from './archive.ts'
import { findMachine } from './found-machine.ts'
import { readFolder } from './folder.ts'
import { foreignCapture } from './foreign-capture.ts'
import { takeFiles, takeTree, type TakeOptions } from './take.ts'
import type { Target } from './target.ts'
import type { Unpacked } from './unpacked.ts'

/** Reads or takes it. Throws `Trouble` when it cannot be had, or is nothing that we know. */
export async function readCapture(target: Target, options: TakeOptions): Promise<Capture> {
  const found = await unpacked(target, options)
  if (target.kind !== 'archive' && target.kind !== 'folder') return captureOf(found.files, found.defects)
  try {
    return captureIn(found)
  } catch (error) {
    if (!(error instanceof Trouble) || error.message.startsWith(target.path)) throw error
    const { stage, message, hint, lasting } = error
    throw new Trouble(stage, `${target.path}: ${message}`, {
      cause: error,
      lasting,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/** What was unpacked, by what it is. Throws `Trouble` when it is none of what we know, or two things at once. */
export function captureIn(found: Unpacked): Capture {
  const { files, defects, oddity, hasMachine } = found
  if (hasManifest(files)) {
    if (!hasMachine) return captureOf(files, defects)
    throw new Trouble('capture.report', 'refused: it is a capture and the files of a machine at once', {
      lasting: true,
    })
  }
  const machine = findMachine(found)
  const said = oddity === undefined ? defects : [...defects, `${oddity}; such members are left out`]
  if (machine !== undefined) return foreignCapture(machine, said)
  if (oddity !== undefined && defects.length === 0)
    throw new Trouble('capture.archive', `refused: ${oddity}`, { lasting: true })
  const reports = [...files.keys()].filter((path) => /sosreport-[^/]*\.tar(?:\.\w+)?$/.test(path))
  if (reports.length > 0)
    throw new Trouble(
      'capture.report',
      `it holds reports, as \`sos collect\` makes them: ${reports.slice(0, 3).join(', ')}`,
      {
        hint: 'unpack it, and give one of them',
        lasting: true,
      },
    )
  // Says that there is no manifest, and what we know beside our own captures.
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
