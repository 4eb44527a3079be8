/** Which modules must the guest load, in which order? An archive of just those, to be put behind the micro guest. */
import { copyFileSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { Trouble, messageOf } from '../base/errors.ts'
import { run } from '../host/shell.ts'
import type { CpioEntry } from './cpio.ts'
import { cpioArchive } from './cpio.ts'
import { moduleName, parseModuleInfo } from './module-info.ts'

/** Where the modules of one kernel are. */
export interface ModuleTree {
  /** `.../lib/modules/RELEASE`, which holds `kernel/` and `modules.builtin`. */
  readonly dir: string
  readonly release: string
  /** The files of its modules by module name, where somebody knows them; else the directory is searched. */
  readonly files?: ReadonlyMap<string, string>
}

/** What a guest may load. */
export interface WantedModules {
  /** In every guest, in this order. */
  readonly modules: readonly string[]
  /** By device: in a guest that has it. */
  readonly deviceModules: Readonly<Record<string, readonly string[]>>
}

interface LoadedModule {
  readonly name: string
  readonly content: Buffer
}

const stage = 'image.modules'

/**
 * The archive with the wanted modules and all they depend on: `lib/modules-irqlab/NN-NAME.ko`, and the lists `load-order`
 * and `load-order-DEVICE`. Modules that the kernel has built in are left out, and so is a device that it has no driver for;
 * `undefined` when that leaves none. `work` is a directory for unpacking. Throws `Trouble` when a module that every guest
 * needs is nowhere, or one was built for another release.
 */
export async function modulesCpio(
  tree: ModuleTree,
  wanted: WantedModules,
  work: string,
): Promise<Buffer | undefined> {
  const files = tree.files ?? moduleFiles(tree.dir)
  const builtIn = builtInModules(tree.dir)
  const visit = async (name: string, neededBy: string, loaded: LoadedModule[]): Promise<void> => {
    if (builtIn.has(name) || loaded.some((module) => module.name === name)) return
    const file = files.get(name)
    if (file === undefined)
      throw new Trouble(stage, `no module ${name} in ${tree.dir} (needed by ${neededBy})`, { lasting: true })
    const content = await moduleContent(file, work)
    for (const needed of dependencies(file, content, tree.release)) await visit(needed, name, loaded)
    loaded.push({ name, content })
  }
  const always: LoadedModule[] = []
  for (const name of wanted.modules) await visit(name, 'irqlab', always)
  const lists = [{ name: 'load-order', modules: always }]
  for (const [device, names] of Object.entries(wanted.deviceModules)) {
    if (!names.every((name) => builtIn.has(name) || files.has(name))) continue
    const loaded = [...always]
    for (const name of names) await visit(name, 'irqlab', loaded)
    lists.push({ name: `load-order-${device}`, modules: loaded.slice(always.length) })
  }
  const needed = lists.filter(({ modules }) => modules.length > 0)
  return needed.length === 0 ? undefined : cpioArchive(entries(needed))
}

function entries(
  lists: readonly { readonly name: string; readonly modules: readonly LoadedModule[] }[],
): CpioEntry[] {
  const contents = new Map(
    lists.flatMap(({ modules }) => modules.map(({ name, content }) => [name, content])),
  )
  const files = new Map(
    [...contents].map(([name, content], index) => [
      name,
      { name: `${String(index + 1).padStart(2, '0')}-${name}.ko`, content },
    ]),
  )
  const orders = lists.map(({ name, modules }) => ({
    name,
    content: Buffer.from(modules.map((module) => `${files.get(module.name)?.name ?? ''}\n`).join('')),
  }))
  return [...files.values(), ...orders].map(({ name, content }) => ({
    kind: 'file',
    path: `/lib/modules-irqlab/${name}`,
    content,
  }))
}

function dependencies(file: string, content: Buffer, release: string): readonly string[] {
  let info
  try {
    info = parseModuleInfo(content)
  } catch (error) {
    throw new Trouble(stage, `${file} is no kernel module: ${messageOf(error)}`, { lasting: true })
  }
  if (info.release !== release) {
    const what = `${file} was built for ${info.release}, the kernel is ${release}`
    throw new Trouble(stage, what, { lasting: true, hint: 'install the modules of the same build' })
  }
  return info.depends
}

/** Every module file below the tree, by module name. The `build` and `source` links lead out of it. */
function moduleFiles(dir: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const name = /^(.+)\.ko(\.xz|\.zst|\.gz)?$/.exec(entry.name)?.[1]
    if (entry.isFile() && name !== undefined) found.set(moduleName(name), join(entry.parentPath, entry.name))
  }
  return found
}

/** The names in `modules.builtin`; without that file nothing is known to be built in. */
function builtInModules(dir: string): ReadonlySet<string> {
  const file = join(dir, 'modules.builtin')
  if (!existsSync(file)) return new Set()
  const lines = readFileSync(file, 'utf8').split('\n')
  return new Set(lines.filter((line) => line !== '').map((line) => moduleName(basename(line, '.ko'))))
}

/** Unpacked here, because busybox's insmod takes plain files alone. */
async function moduleContent(file: string, work: string): Promise<Buffer> {
  if (file.endsWith('.zst')) return zstdDecompressSync(readFileSync(file))
  if (file.endsWith('.gz')) return gunzipSync(readFileSync(file))
  if (!file.endsWith('.xz')) return readFileSync(file)
  const copy = join(work, basename(file))
  copyFileSync(file, copy)
  await run(['xz', '--decompress', '--force', '--', copy], { stage, limitMs: 60_000 })
  return readFileSync(copy.slice(0, -'.xz'.length))
}
