/** How is the source compiled? Kbuild configures and builds it out of its tree, as far as its objects are out of date. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Trouble, UsageError } from '../../base/errors.ts'
import { isPresent } from '../../host/packages.ts'
import { cacheKey } from '../cache.ts'
import { parseKernelConfig } from '../kernel-config.ts'
import type { BuildTree } from './build-tree.ts'
import { compileFailure } from './compile-failure.ts'
import { CompileProgress } from './compile-progress.ts'
import { fragmentText, lostOptions, type LostOption, type WantedOption } from './config-fragment.ts'
import { markerOf } from './recover.ts'
import { git, gitTry } from './tree-git.ts'
import { runInTree } from './tree-process.ts'

/** Tells what is being done now; a later line replaces an earlier one. */
export type Step = (words: string) => void

/** A first build on one slow core. */
const compileLimitMs = 2 * 60 * 60_000
const configLimitMs = 10 * 60_000

/** Files in the build directory that are ours. */
const configured = '.irqlab-configured'
const counted = '.irqlab-compiled'

/**
 * Kbuild reads many variables: none of the caller's may change what is built. The rest makes equal content equal to the byte:
 * no time, user, host or count of builds.
 */
function buildEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => /^(HOME|TMPDIR|CCACHE_\w+)$/.test(name))
  return {
    ...Object.fromEntries(kept),
    KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 1970',
    KBUILD_BUILD_USER: 'irqlab',
    KBUILD_BUILD_HOST: 'irqlab',
    KBUILD_BUILD_VERSION: '1',
    // Set, though empty: nothing is added to the release for a work tree under git.
    LOCALVERSION: '',
  }
}

async function make(
  tree: BuildTree,
  words: readonly string[],
  options: { readonly called: string; readonly limitMs: number; readonly onLine?: (line: string) => void },
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const lines: string[] = []
  const marker = markerOf(tree)
  writeFileSync(marker, '')
  const compiler = isPresent('ccache') ? ['CC=ccache gcc'] : []
  const jobs = `-j${availableParallelism()}`
  const code = await runInTree(tree, ['make', jobs, '-C', tree.src, `O=${tree.obj}`, ...compiler, ...words], {
    stage: 'build.compile',
    cwd: tree.dir,
    env: buildEnvironment(),
    marker,
    log: tree.log,
    called: options.called,
    limitMs: options.limitMs,
    onLine: (line) => {
      lines.push(line)
      options.onLine?.(line)
    },
  })
  return { code, lines }
}

/** Makes `.config` of what is wanted, unless it is that already. Throws `UsageError` for an option that did not survive. */
export async function configure(
  tree: BuildTree,
  wanted: readonly WantedOption[],
  compiler: string,
  called: string,
): Promise<void> {
  const done = join(tree.obj, configured)
  const fragment = join(tree.obj, '.irqlab-fragment')
  const kconfig = await git(tree, ['ls-files', '--stage', '--', '*Kconfig*'])
  const key = cacheKey(fragmentText(wanted), kconfig, compiler)
  if (existsSync(done) && existsSync(join(tree.obj, '.config')) && readFileSync(done, 'utf8') === key) return
  rmSync(done, { force: true })
  writeFileSync(fragment, fragmentText(wanted))
  const { code, lines } = await make(tree, [`KCONFIG_ALLCONFIG=${fragment}`, 'allnoconfig'], {
    called: 'configuring the kernel',
    limitMs: configLimitMs,
  })
  if (code !== 0) throw compileFailure('build.config', 'the configuration', lines, tree.log)
  const config = join(tree.obj, '.config')
  const lost = lostOptions(wanted, parseKernelConfig(readFileSync(config, 'utf8'), config))
  const refusals: string[] = []
  for (const option of lost) {
    const isKnown = await isOption(tree, option.name)
    if (isKnown || !option.whereKnown) refusals.push(refusal(option, isKnown, called))
  }
  if (refusals.length > 0) throw new UsageError(refusals.join('; '))
  writeFileSync(done, key)
}

function refusal({ name, value, where, found }: LostOption, isKnown: boolean, called: string): string {
  const why = isKnown
    ? `it is ${found ?? 'not set'}: another option that it depends upon or is chosen by stands against it`
    : 'there is no such option'
  return `${where}: ${name}=${value} cannot be had in ${called}: ${why}`
}

async function isOption(tree: BuildTree, name: string): Promise<boolean> {
  const pattern = `^[[:space:]]*(menu)?config ${name.replace('CONFIG_', '')}$`
  const { ok } = await gitTry(tree, ['grep', '-qE', pattern, '--', '*Kconfig*'], { workTree: tree.src })
  return ok
}

/** Compiles what is out of date. Gives the number of files that were. Throws `Trouble` at `build.compile`. */
export async function compile(
  tree: BuildTree,
  step: Step,
  targets: readonly string[] = ['bzImage'],
): Promise<number> {
  const countFile = join(tree.obj, counted)
  const isFirst = !existsSync(countFile) && targets.includes('bzImage')
  const progress = new CompileProgress(isFirst, step)
  const { code, lines } = await make(tree, targets, {
    called: 'compiling the kernel',
    limitMs: compileLimitMs,
    onLine: (line) => progress.take(line),
  })
  if (code !== 0) throw compileFailure('build.compile', 'the kernel', lines, tree.log)
  if (isFirst) writeFileSync(countFile, String(progress.count))
  return progress.count
}

/** Where kbuild puts its product, its configuration and its release. */
export function builtFiles(tree: BuildTree) {
  const bzImage = join(tree.obj, 'arch/x86/boot/bzImage')
  const release = join(tree.obj, 'include/config/kernel.release')
  for (const path of [bzImage, release]) {
    if (!existsSync(path))
      throw new Trouble('build.compile', `make has made no ${path}; its log: ${tree.log}`)
  }
  return { bzImage, config: join(tree.obj, '.config'), release: readFileSync(release, 'utf8').trim() }
}
