/** What did the user mean by `--kernel debian-source:...`? A base and patches, in one value. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../base/errors.ts'
import { type DebianSourceBase, parseBuildBase } from './build-base.ts'
import { readPatchFile } from './patch-file.ts'

/** A kernel that is built when it is needed. */
export interface BuiltKernelSource {
  readonly kind: 'built'
  /** As the user wrote it: `debian-source:6.12,patch=fix.patch`. */
  readonly text: string
  readonly base: DebianSourceBase
  /** Absolute, in the order in which they are applied. */
  readonly patches: readonly string[]
  /** Absolute: options of the user's own. */
  readonly config: string | undefined
}

/** Reads `debian-source:SERIES[,patch=FILE]...[,config=FILE]`. The patches are read here. Throws `UsageError`. */
export function parseBuiltSource(text: string): BuiltKernelSource {
  const [baseText = '', ...words] = text.split(/,(?=patch=|config=)/)
  const patches: string[] = []
  let config: string | undefined
  try {
    const base = parseBuildBase(baseText)
    if (base.kind !== 'debian-source') throw new UsageError('give debian-source:SERIES')
    for (const word of words) {
      const [, name, value = ''] = /^(patch|config)=(.*)$/s.exec(word) ?? []
      if (value === '') throw new UsageError(`"${word}" names no file`)
      if (name === 'patch') patches.push(readPatchFile(resolve(value)).path)
      else config = existing(value)
    }
    return { kind: 'built', text, base, patches, config }
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`--kernel ${text}: ${error.message}`)
    throw error
  }
}

function existing(file: string): string {
  const path = resolve(file)
  if (!existsSync(path)) throw new UsageError(`config=${file}: no such file`)
  return path
}
