/** How does a kernel become bootable in the tree that it was built in? No modules_install is needed. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ImageCache, Report } from './cache.ts'
import { enablingLine } from './enabling-line.ts'
import type { BootableKernel } from './kernel.ts'
import {
  type KernelConfig,
  missingOptions,
  type MissingOption,
  neededToBoot,
  neededToTrace,
} from './kernel-config.ts'
import { packModules } from './local-kernel.ts'
import { moduleName } from './module-info.ts'
import type { WantedModules } from './modules-cpio.ts'
import { sourceRefusal } from './source-path.ts'
import { openTree, type TreeKernelSource } from './tree-source.ts'

const make = 'make -j$(nproc) bzImage modules'

/** Throws `UsageError` when the kernel lacks what a boot needs, with the command that adds it; notes go to `report` too. */
export async function treeKernel(
  source: TreeKernelSource,
  cache: ImageCache,
  report: Report,
  guest: WantedModules,
): Promise<BootableKernel> {
  const { text, dir, bzImage, release } = source
  const tree = openTree(text, dir, dir)
  const { config } = tree
  const files = builtModules(dir)
  const missing = missingOptions(config, neededToBoot, true)
  if (missing.length > 0) {
    const line = enablingLine(tree, missing, make)
    throw sourceRefusal(text, text, `built without ${named(missing)}; run in it: ${line}`)
  }
  const unbuilt = unbuiltModules(config, files)
  if (unbuilt.length > 0) {
    const modules = unbuilt.map(({ option }) => `${option} (=m)`).join(', ')
    const line = enablingLine(tree, unbuilt, make)
    throw sourceRefusal(
      text,
      text,
      `the modules of ${modules} were not built; run in it: make modules, or build them in: ${line}`,
    )
  }
  const blind = missingOptions(config, neededToTrace, false)
  const notes = [...source.notes]
  if (blind.length > 0) {
    const line = enablingLine(tree, blind, make)
    notes.push(`${text}: built without ${named(blind)}, on which the trace rests; run in it: ${line}`)
  }
  for (const note of notes) report(note)
  return {
    source: text,
    release,
    bzImage,
    modulesCpio: await packModules(text, { dir, release, files }, cache, report, config, guest),
    config: join(dir, '.config'),
    packageVersion: undefined,
    sha256: createHash('sha256').update(readFileSync(bzImage)).digest('hex'),
    notes,
  }
}

function named(missing: readonly MissingOption[]): string {
  return missing.map(({ option, why }) => `${option} (${why})`).join(', ')
}

/** The options that are modules of which no file is in the tree. */
function unbuiltModules(config: KernelConfig, files: ReadonlyMap<string, string>): readonly MissingOption[] {
  return missingOptions(config, neededToBoot, false).filter(
    ({ option }) => !files.has(moduleName(option.replace(/^CONFIG_/, '').toLowerCase())),
  )
}

/**
 * The module files that the build lists in `modules.order`: as DIR/NAME.ko up to 6.1, as .o since 6.2 (linux:
 * Makefile, scripts/Makefile.build). One that is listed and not there was never linked, and is left out.
 */
function builtModules(dir: string): ReadonlyMap<string, string> {
  const list = join(dir, 'modules.order')
  const lines = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : []
  return new Map(
    lines
      .map((line) => line.replace(/^kernel\//, '').replace(/\.o$/, '.ko'))
      .filter((line) => line.endsWith('.ko') && existsSync(join(dir, line)))
      .map((line) => [moduleName(basename(line, '.ko')), join(dir, line)]),
  )
}
