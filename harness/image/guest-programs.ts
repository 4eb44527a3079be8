/** What must be in the guest for a program to run there? The program, its libraries and the loader; nothing else. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Trouble } from '../base/errors.ts'
import { run } from '../host/shell.ts'
import { cpioArchive, type CpioEntry } from './cpio.ts'

/** Runs a program of the unpacked packages on this host; the first word is its path there. Gives its stdout. */
export type RunInRoot = (argv: readonly string[]) => Promise<string>

const stage = 'image.micro'
const loaderPath = '/lib64/ld-linux-x86-64.so.2'
const libraryDirs = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu']

/** Through the loader and libraries of the packages, never those of the host. */
export function runnerIn(root: string): RunInRoot {
  return ([program = '', ...words]) => runLoader(root, [join(root, program), ...words])
}

/** Archive entries for the programs (absolute paths in the guest) and every library they need. */
export async function programEntries(root: string, programs: readonly string[]): Promise<CpioEntry[]> {
  const libraries = new Set<string>()
  const entries: CpioEntry[] = []
  for (const path of programs) {
    const file = join(root, path)
    if (!existsSync(file))
      throw new Trouble(stage, `the packages of the micro guest hold no ${path}`, { lasting: true })
    const content = readFileSync(file)
    entries.push({ kind: 'file', path, content, mode: 0o755 })
    // The name of the loader is in the first page of everything that needs one.
    if (!content.subarray(0, 4096).includes(loaderPath)) continue
    for (const library of parseLibraries(await runLoader(root, ['--list', file]), root))
      libraries.add(library)
  }
  if (libraries.size === 0) return entries
  entries.push({ kind: 'file', path: loaderPath, content: readFileSync(loaderIn(root)), mode: 0o755 })
  for (const library of libraries) {
    const path = `/lib/x86_64-linux-gnu/${basename(library)}`
    entries.push({ kind: 'file', path, content: readFileSync(library), mode: 0o755 })
  }
  return entries
}

/**
 * An entry for each of the programs that few runs need: a packed archive of it and what it needs beyond what is there
 * already. Equal packages give equal bytes: gzip is told no time.
 */
export async function onDemandEntries(
  root: string,
  onDemand: Readonly<Record<string, readonly string[]>>,
  there: readonly CpioEntry[],
): Promise<CpioEntry[]> {
  const known = new Set(there.map(({ path }) => path))
  const entries: CpioEntry[] = []
  for (const [name, programs] of Object.entries(onDemand)) {
    const own = (await programEntries(root, programs)).filter(({ path }) => !known.has(path))
    const content = gzipSync(cpioArchive(own), { level: 9 })
    entries.push({ kind: 'file', path: `/programs-irqlab/${name}.cpio.gz`, content })
  }
  return entries
}

/** Reads `ld.so --list`: lines of `NAME => PATH (ADDRESS)`. A library outside the root means that it is missing there. */
export function parseLibraries(text: string, root: string): readonly string[] {
  const pairs = [...text.matchAll(/^\s*(\S+) => (.+?)(?: \(0x[0-9a-f]+\))?$/gm)]
  return pairs
    .filter(([, name]) => name !== loaderPath)
    .map(([, name, path = '']) => {
      if (!path.startsWith(`${root}/`))
        throw new Trouble(stage, `the packages of the micro guest hold no ${name}`, { lasting: true })
      return path
    })
}

async function runLoader(root: string, words: readonly string[]): Promise<string> {
  const libraries = libraryDirs.map((dir) => join(root, dir)).join(':')
  const { stdout } = await run([loaderIn(root), '--library-path', libraries, ...words], {
    stage,
    limitMs: 30_000,
  })
  return stdout
}

function loaderIn(root: string): string {
  return join(root, 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2')
}
