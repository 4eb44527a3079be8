/** What did the user mean by `--kernel tree:DIR`? A Linux tree that was built, or the directory that O= named. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { formatMs } from '../base/deadline.ts'
import { releaseOf } from './bzimage-source.ts'
import { enablingLine } from './enabling-line.ts'
import { type KernelConfig, neededToBoot, missingOptions, parseKernelConfig } from './kernel-config.ts'
import { lookAt, sourceRefusal } from './source-path.ts'

/** A kernel in the tree that it was built in. */
export interface TreeKernelSource {
  readonly kind: 'tree'
  readonly text: string
  /** Absolute. */
  readonly dir: string
  /** Absolute. */
  readonly bzImage: string
  readonly release: string
  /** A sentence each. */
  readonly notes: readonly string[]
}

/** `dir` holds a tree that was configured. Its .config, and where the shell finds scripts/config from there. */
export interface ConfiguredTree {
  readonly dir: string
  readonly config: KernelConfig
  readonly configScript: string
}

/** Reads the directory. Throws `UsageError` unless a kernel was built in it; says what to run. */
export function parseTreeSource(text: string, wanted: string): TreeKernelSource {
  if (wanted === '') throw new UsageError(`--kernel ${text}: give the directory of a built tree, as tree:DIR`)
  const dir = resolve(wanted)
  const tree = openTree(text, wanted, dir)
  const bzImage = join(dir, 'arch/x86/boot/bzImage')
  if (lookAt(bzImage) !== 'file') {
    const missing = missingOptions(tree.config, neededToBoot, true)
    const make = 'make -j$(nproc) bzImage modules'
    const first = missing.length === 0 ? make : enablingLine(tree, missing, make)
    throw sourceRefusal(
      text,
      wanted,
      `it was never built (no arch/x86/boot/bzImage); run in it: ${first}; or give the directory that O= named`,
    )
  }
  const release = releaseOf(text, 'arch/x86/boot/bzImage', bzImage)
  return { kind: 'tree', text, dir, bzImage, release, notes: stale(text, dir, bzImage) }
}

/** Throws `UsageError` when it is no tree, or was never configured. `part` is how the user wrote it. */
export function openTree(text: string, part: string, dir: string): ConfiguredTree {
  const found = lookAt(dir)
  if (found !== 'directory') {
    const why = { absent: 'no such directory', file: 'it is a file, give the directory of a tree' }[found]
    throw sourceRefusal(text, part, why ?? found)
  }
  const isSource = existsSync(join(dir, 'Kbuild')) && existsSync(join(dir, 'scripts/config'))
  const file = join(dir, '.config')
  if (!existsSync(file)) {
    throw sourceRefusal(
      text,
      part,
      isSource
        ? 'it was never configured; run in it: make defconfig && make -j$(nproc) bzImage modules; or give the directory that O= named'
        : 'it is no Linux tree: it has neither a .config nor scripts/config',
    )
  }
  return {
    dir,
    config: configIn(text, part, file),
    configScript: isSource ? 'scripts/config' : 'source/scripts/config',
  }
}

function configIn(text: string, part: string, file: string): KernelConfig {
  try {
    return parseKernelConfig(readFileSync(file, 'utf8'), file)
  } catch (error) {
    throw sourceRefusal(text, part, `its .config cannot be read: ${messageOf(error)}`)
  }
}

/** The configuration may have been changed since: what is booted is what was built. */
function stale(text: string, dir: string, bzImage: string): readonly string[] {
  const ms = statSync(join(dir, '.config')).mtimeMs - statSync(bzImage).mtimeMs
  if (ms <= 0) return []
  return [
    `${text}: its bzImage is ${formatMs(ms)} older than its .config: what is booted may have been built otherwise; run make to be sure`,
  ]
}
