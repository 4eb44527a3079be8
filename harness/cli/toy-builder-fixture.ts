/**
 * A builder for tests: a "commit" of a toy history, or a "patch", is a word; a kernel is Debian's with a file in its guest that
 * holds this word. git, guests, runs and verdicts are real; nothing is compiled.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { git } from '../campaign/bisect/git.ts'
import { TOY_FILE } from '../campaign/bisect/git-history-fixture.ts'
import type { PlannedScenario } from '../campaign/plan.ts'
import { loadScenario } from '../campaign/worker.ts'
import { openCache } from '../image/cache.ts'
import { makeDirs } from '../host/make-dirs.ts'
import { cpioArchive, type CpioEntry } from '../image/cpio.ts'
import { type BootableKernel, prepareKernel } from '../image/kernel.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import type { KernelBuilder } from './kernel-builder.ts'

/** Below the temporary directory: where toys are kept. */
export const TOYS = 'toys'

/** The scenario that takes a toy at its word. */
export async function toyScenario(): Promise<readonly PlannedScenario[]> {
  const file = resolve(import.meta.dirname, '../campaign/faults/follows-the-toy.ts')
  return [{ scenario: await loadScenario(file), file }]
}

/** Builds what the word says: `good`, `bad`, `no-build`, `no-boot`. */
export const toyBuilder: KernelBuilder = {
  check: () => undefined,
  async build(base, patches, step, report) {
    step('copying a toy')
    const word = await wordOf(base, patches)
    if (word.includes('no-build')) {
      throw new Trouble('build.compile', "the kernel does not compile: toy.c:1:1: error: expected ';'")
    }
    const kernel = await prepareKernel(parseKernelSource('debian:6.1'), openCache(), report)
    return withToy(kernel, word)
  },
}

async function wordOf(base: string, patches: readonly string[]): Promise<string> {
  const [patch] = patches
  if (patch !== undefined) return readFileSync(patch, 'utf8')
  const [, tree, commit] = /^tree:(.*),commit=(.*)$/.exec(base) ?? []
  return tree === undefined ? base : git(tree, ['show', `${commit}:${TOY_FILE}`])
}

/** Archives that follow each other are unpacked one over the other: a guest whose /init ends makes the kernel panic. */
function withToy(kernel: BootableKernel, word: string): BootableKernel {
  const file = (path: string, text: string, mode: number): CpioEntry => {
    return { kind: 'file', path, content: Buffer.from(text), mode }
  }
  const init = word.includes('no-boot') ? [file('/init', '#!/bin/sh\nexit 1\n', 0o755)] : []
  const modules = kernel.modulesCpio === undefined ? Buffer.alloc(0) : readFileSync(kernel.modulesCpio)
  const cpio = Buffer.concat([modules, cpioArchive([file('/toy', word, 0o644), ...init])])
  makeDirs(join(tmpdir(), TOYS))
  const modulesCpio = join(tmpdir(), TOYS, `${word.trim().replaceAll(' ', '-')}.cpio`)
  writeFileSync(modulesCpio, cpio)
  // The image is the same for all; what tells their snapshots apart is this.
  const sha256 = createHash('sha256').update(kernel.sha256).update(word).digest('hex')
  return { ...kernel, source: `toy:${word.trim()}`, modulesCpio, sha256 }
}
