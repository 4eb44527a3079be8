/** Which QEMU is used? Found once, with the version and the digest that go into the record and the keys of warm guests. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { access, readFile, realpath, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { run } from './shell.ts'

const stage = 'host.qemu'

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

/** Finds qemu-system-x86_64: the path or name in IRQLAB_QEMU, else the first on PATH. Throws a lasting `Trouble`. */
export async function findQemu(env: NodeJS.ProcessEnv = process.env): Promise<QemuBinary> {
  const wanted = env['IRQLAB_QEMU'] || 'qemu-system-x86_64'
  const path = await locate(wanted, env['PATH'] ?? '')
  if (path === undefined) {
    throw new Trouble(
      stage,
      `No program ${wanted}${env['IRQLAB_QEMU'] ? ' (from IRQLAB_QEMU)' : ' on PATH'}`,
      {
        hint: 'Install it (Debian: apt install qemu-system-x86) or name one in IRQLAB_QEMU',
        lasting: true,
      },
    )
  }
  const [said, bytes] = await Promise.all([
    run([path, '--version'], { stage, limitMs: 10_000 }),
    readFile(path),
  ])
  return {
    path,
    version: parseQemuVersion(said.stdout),
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

/** Reads what `--version` says. Throws `Trouble` on text that is not QEMU's. */
export function parseQemuVersion(said: string): QemuVersion {
  const text = said.split('\n', 1)[0] ?? ''
  const found = /^QEMU emulator version (\d+)\.(\d+)\.(\d+)/.exec(text)
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
