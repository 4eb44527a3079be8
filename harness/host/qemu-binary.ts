/** Which QEMU is used? Found once, with the version and the digest that go into the record and the keys of warm guests. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, open, readFile, realpath, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { type Fact, forgetful, type Memory } from './memory.ts'

const stage = 'host.qemu'

const versionLine = /^QEMU emulator version (\d+)\.(\d+)\.(\d+)/

/** The QEMU program of this host. */
export interface QemuBinary {
  /** Absolute, links resolved. */
  readonly path: string
  readonly version: QemuVersion
  /** sha256 of the file, in hex: a rebuilt QEMU of the same version is another QEMU. */
  readonly sha256: string
}

/** A version, as numbers to compare and as the text of `--version`, first line, which names the distribution's build. */
export interface QemuVersion {
  readonly major: number
  readonly minor: number
  readonly micro: number
  readonly text: string
}

/** What IRQLAB_QEMU names; undefined when it is not set, or empty. */
export function namedQemu(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env['IRQLAB_QEMU'] || undefined
}

/**
 * Finds qemu-system-x86_64: the path or name in IRQLAB_QEMU, else the first on PATH. Throws a lasting `Trouble`.
 * Version and digest come from `memory` while the file is the same one.
 */
export async function findQemu(
  env: NodeJS.ProcessEnv = process.env,
  memory: Memory = forgetful,
): Promise<QemuBinary> {
  const wanted = namedQemu(env) ?? 'qemu-system-x86_64'
  const path = await locate(wanted, env['PATH'] ?? '')
  if (path === undefined) {
    throw new Trouble(
      stage,
      `No program ${wanted}${namedQemu(env) === undefined ? ' on PATH' : ' (from IRQLAB_QEMU)'}`,
      {
        hint: 'Install it (Debian: apt install qemu-system-x86) or name one in IRQLAB_QEMU',
        lasting: true,
      },
    )
  }
  const fact = await factOf(path)
  const known = fact === undefined ? undefined : factsIn(memory.recall(fact)?.value)
  if (known !== undefined) return { path, version: parseQemuVersion(known.text), sha256: known.sha256 }
  const { run } = await import('./shell.ts')
  const [said, bytes] = await Promise.all([
    run([path, '--version'], { stage, limitMs: 10_000 }),
    readFile(path),
  ])
  const version = parseQemuVersion(said.stdout)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  // Only what was true of one and the same file.
  if (fact !== undefined && sameFile(fact, await factOf(path)))
    memory.keep(fact, { text: version.text, sha256 })
  return { path, version, sha256 }
}

/** A file that was written a moment ago may be written again without any of its times changing. */
const settledAfterMs = 2000

/**
 * What a program file's version and digest depend on. Undefined for a script, which may start another program tomorrow,
 * and for a file that was changed just now.
 */
async function factOf(path: string): Promise<Fact | undefined> {
  const file = await open(path, 'r')
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    const { dev, ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true })
    const isProgram = buffer.equals(Buffer.from('\x7fELF', 'latin1'))
    if (!isProgram || Date.now() - Number(ctimeNs / 1_000_000n) < settledAfterMs) return undefined
    const conditions = {
      dev: `${dev}`,
      ino: `${ino}`,
      size: `${size}`,
      mtime: `${mtimeNs}`,
      ctime: `${ctimeNs}`,
    }
    return { kind: 'qemu', of: path, conditions }
  } finally {
    await file.close()
  }
}

function sameFile(before: Fact, after: Fact | undefined): boolean {
  return JSON.stringify(before.conditions) === JSON.stringify(after?.conditions)
}

function factsIn(value: unknown): { readonly text: string; readonly sha256: string } | undefined {
  if (typeof value !== 'object' || value === null || !('text' in value) || !('sha256' in value))
    return undefined
  const { text, sha256 } = value
  if (typeof text !== 'string' || !versionLine.test(text)) return undefined
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? { text, sha256 } : undefined
}

/** Reads what `--version` says. Throws `Trouble` on text that is not QEMU's. */
export function parseQemuVersion(said: string): QemuVersion {
  const text = said.split('\n', 1)[0] ?? ''
  const found = versionLine.exec(text)
  if (found === null) throw new Trouble(stage, `Not a version of QEMU: "${text}"`, { lasting: true })
  return { major: Number(found[1]), minor: Number(found[2]), micro: Number(found[3]), text }
}

async function locate(wanted: string, searchPath: string): Promise<string | undefined> {
  const places = wanted.includes('/')
    ? [wanted]
    : searchPath.split(delimiter).map((dir) => join(dir || '.', wanted))
  for (const place of places) {
    try {
      await access(place, constants.X_OK)
      if ((await stat(place)).isFile()) return await realpath(place)
    } catch {
      // Not here: the next place may have it.
    }
  }
  return undefined
}
