/** What did the user mean by `--kernel VALUE`? Answered without touching the network, before anything is built. */
import { UsageError } from '../base/errors.ts'
import { withHome } from '../base/without-home.ts'
import { type BuiltKernelSource, parseBuiltSource } from './build/built-source.ts'
import { parseBzImageSource, type LocalKernelSource } from './bzimage-source.ts'
import { type DebKernelSource, parseDebSource } from './deb-source.ts'
import { choices, type DebianKernelSource, parseDebianSource } from './debian-source.ts'
import type { KernelCatalogue } from './kernel-catalogue.ts'
import { readCatalogue } from './kernel-catalogue.ts'
import { parseTreeSource, type TreeKernelSource } from './tree-source.ts'

/** The kernel that the boot loader on a guest's own disk starts: nobody has to make it ready. */
export const OWN_KERNEL = 'own'

/** Any of them. Each has the `text` that the user wrote. */
export type KernelSource =
  | DebianKernelSource
  | DebKernelSource
  | LocalKernelSource
  | TreeKernelSource
  | BuiltKernelSource
  | { readonly kind: 'own'; readonly text: string }

/**
 * Reads `debian:`, `debian-source:`, `deb:`, `tree:`, `bzimage:` or a bare path. What the user's own files say is read here.
 * Throws `UsageError` with one line that names the value and what is wrong with it.
 */
export function parseKernelSource(text: string, catalogue: KernelCatalogue = readCatalogue()): KernelSource {
  if (text === '')
    throw new UsageError(`--kernel is empty: give ${choices(catalogue)} or the path of a bzImage`)
  // A record tells of a path at home with `~`, and a shell leaves that alone behind a colon.
  return { ...parseByKind(withHome(text), catalogue), text }
}

function parseByKind(text: string, catalogue: KernelCatalogue): KernelSource {
  if (text === OWN_KERNEL) return { kind: 'own', text }
  const [, kind = '', rest = ''] = /^(debian|debian-source|deb|tree|bzimage):(.*)$/s.exec(text) ?? []
  if (kind === 'debian') return parseDebianSource(text, rest, catalogue)
  if (kind === 'debian-source') return parseBuiltSource(text)
  if (kind === 'deb') return parseDebSource(text, rest)
  if (kind === 'tree') return parseTreeSource(text, rest)
  return parseBzImageSource(text, kind === 'bzimage' ? rest : text, catalogue)
}
