/** Which Debian packages must this machine have, and how does it get the missing ones? */
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { Trouble, messageOf } from '../base/errors.ts'
import { namedQemu } from './qemu-binary.ts'
import { run } from './shell.ts'

/** A Debian package that irqlab cannot do without. */
export interface HostPackage {
  readonly name: string
  /** Files that prove it is there: a bare name is looked for in PATH. */
  readonly proof: readonly string[]
  /** What irqlab does with it, for the line that announces its installation. */
  readonly why: string
}

const qemuPackage = 'qemu-system-x86'

/** All of them, in the order in which they are named to the user. */
const hostPackages: readonly HostPackage[] = [
  { name: qemuPackage, proof: ['qemu-system-x86_64'], why: 'runs the guests' },
  { name: 'mmdebstrap', proof: ['mmdebstrap'], why: 'collects the programs of the guest' },
  { name: 'dpkg', proof: ['dpkg-deb'], why: 'unpacks kernel packages' },
  { name: 'xz-utils', proof: ['xz'], why: 'unpacks kernel modules' },
  {
    name: 'debian-archive-keyring',
    proof: ['/usr/share/keyrings/debian-archive-keyring.gpg'],
    why: 'checks the signatures of packages',
  },
  { name: 'iproute2', proof: ['ip'], why: 'sets up the taps' },
  {
    name: 'util-linux',
    proof: ['unshare', 'setpriv', 'flock', 'nsenter'],
    why: 'makes the namespaces of a run',
  },
]

/** What building a kernel needs, beside the others. None of it is needed by those who only boot kernels. */
export const buildPackages: readonly HostPackage[] = [
  { name: 'gcc', proof: ['gcc'], why: 'compiles kernels' },
  { name: 'libc6-dev', proof: ['/usr/include/stdio.h'], why: 'compiles the tools of kbuild' },
  { name: 'make', proof: ['make'], why: 'builds kernels' },
  { name: 'flex', proof: ['flex'], why: 'builds kconfig and objtool' },
  { name: 'bison', proof: ['bison'], why: 'builds kconfig and objtool' },
  { name: 'bc', proof: ['bc'], why: 'computes constants of time for kernels' },
  // Without it objtool is not built, and with it neither static calls nor jump labels.
  { name: 'libelf-dev', proof: ['/usr/include/gelf.h'], why: 'builds objtool' },
  { name: 'git', proof: ['git'], why: 'applies patches, keeps the times of unchanged sources' },
  { name: 'xz-utils', proof: ['xz'], why: 'unpacks the sources of kernels' },
]

/** Sbin directories hold ip(8) and are not in every user's PATH. */
const alsoSearched = ['/usr/sbin', '/sbin']

/** The packages of which a proving file is absent. No process is started. */
export function missingPackages(packages: readonly HostPackage[] = hostPackages): readonly HostPackage[] {
  // Whoever names a QEMU of their own needs none of Debian's; whether it is there is told when it is looked for.
  const needed = packages.filter(({ name }) => name !== qemuPackage || namedQemu() === undefined)
  return needed.filter(({ proof }) => !proof.every(isPresent))
}

/**
 * Makes sure that all packages are there. Returns at once when nothing is missing. As root, installs what is, after
 * naming it to `report`; otherwise, or with IRQLAB_NO_INSTALL=1, throws `Trouble` whose hint is the one command to run.
 */
export async function ensurePackages(
  report: (line: string) => void,
  packages: readonly HostPackage[] = hostPackages,
): Promise<void> {
  const missing = missingPackages(packages)
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name)
  const hint = `run: ${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install -y --no-install-recommends ${names.join(' ')}`
  const refusal = whyNotInstall()
  if (refusal !== undefined) {
    const list = missing.map(({ name, why }) => `${name} (${why})`).join(', ')
    throw new Trouble('host.packages', `missing on this machine: ${list}; ${refusal}`, {
      hint,
      lasting: true,
    })
  }
  for (const { name, why } of missing) report(`installing ${name}: ${why}`)
  await install(names, hint)
  const still = missingPackages(packages).map(({ name }) => name)
  if (still.length > 0) {
    const what = `${still.join(', ')} installed, but the programs did not appear in PATH`
    throw new Trouble('host.packages', what, { hint, lasting: true })
  }
}

function whyNotInstall(): string | undefined {
  if (process.env['IRQLAB_NO_INSTALL'] === '1') return 'IRQLAB_NO_INSTALL=1 forbids installing them'
  if (!isPresent('apt-get')) return 'this is not a Debian system, install what provides them'
  if (process.getuid?.() !== 0) return 'installing them needs root'
  return undefined
}

async function install(names: readonly string[], hint: string): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const options = { stage: 'host.packages', limitMs: 900_000, env, outlivesUs: true }
  // Another apt may be at work (unattended-upgrades at boot): wait for it.
  const wait = ['-o', 'DPkg::Lock::Timeout=120']
  const argv = ['apt-get', 'install', ...wait, '-y', '-q', '--no-install-recommends', ...names]
  try {
    await run(argv, options)
  } catch {
    // Package lists absent (a fresh container) or out of date: fetch them and try once more.
    try {
      await run(['apt-get', 'update', '-q'], options)
      await run(argv, options)
    } catch (error) {
      throw new Trouble('host.packages', `could not install the missing packages: ${messageOf(error)}`, {
        hint,
        lasting: true,
      })
    }
  }
}

/** Whether a program is in PATH, or a file is there. No process is started. */
export function isPresent(file: string): boolean {
  if (isAbsolute(file)) return existsSync(file)
  const dirs = [...(process.env['PATH'] ?? '').split(delimiter), ...alsoSearched]
  return dirs.some((dir) => dir !== '' && isExecutable(join(dir, file)))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
