/** What kernels does the mirror have? Asked of all suites; the answer is kept in the cache for a day. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { debianMirror } from '../host/debian-mirror.ts'
import type { Fact, Memory } from '../host/memory.ts'
import type { Report } from './cache.ts'
import { type DebianKernel, kernelPackagePattern, kernelsIn } from './debian-kernel-index.ts'
import type { KernelCatalogue } from './kernel-catalogue.ts'

/** What the mirror had at one time. */
export interface MirrorKernels {
  /** Oldest first. */
  readonly kernels: readonly DebianKernel[]
  /** Suites that were asked for and that it does not carry. */
  readonly absent: readonly string[]
  /** ISO 8601, UTC. */
  readonly askedAt: string
}

const dayMs = 24 * 3_600_000

/** Changes with the shape of what is kept. */
const shape = 'mirror-kernels-1'

/** From the memory if that is not a day old, else from the mirror. Throws `Trouble` when the network does not serve. */
export async function mirrorKernels(
  { suites, flavour }: KernelCatalogue,
  memory: Memory,
  report: Report,
  now: Date = new Date(),
): Promise<MirrorKernels> {
  const mirror = await debianMirror()
  const fact: Fact = {
    kind: 'mirror-kernels',
    of: `${mirror.debian} ${flavour}`,
    conditions: { shape, suites: suites.join(' '), security: mirror.security },
  }
  const kept = memory.recall(fact)
  if (kept !== undefined && now.getTime() - Date.parse(kept.keptAt) < dayMs) {
    // The shape is part of the conditions: whoever kept it was this code.
    return { ...(kept.value as Omit<MirrorKernels, 'askedAt'>), askedAt: kept.keptAt }
  }
  report(`reading the package lists of ${suites.length} suites`)
  const { openArchive } = await import('./debian-archive.ts')
  const dir = mkdtempSync(join(tmpdir(), 'irqlab-mirror-'))
  try {
    const archive = await openArchive(dir, suites)
    const kernels = kernelsIn(await archive.indexed(kernelPackagePattern(flavour)), flavour)
    const value = { kernels, absent: archive.absent }
    memory.keep(fact, value)
    return { ...value, askedAt: now.toISOString().replace(/\.\d+Z$/, 'Z') }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
