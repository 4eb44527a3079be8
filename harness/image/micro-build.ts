/** How is the micro guest built? A busybox, a dropbear and their libraries in one archive that any kernel can start. */
import { createHash } from 'node:crypto'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { containedArgv } from '../host/contained.ts'
import { run } from '../host/shell.ts'
import type { Report } from './cache.ts'
import { cpioArchive } from './cpio.ts'
import type { CpioEntry } from './cpio.ts'
import type { PackageVersion } from './debian-archive.ts'
import { networkHint, proxySettings, sourceLines } from './debian-archive.ts'
import { makeGuestKeys } from './guest-keys.ts'
import type { GuestKeys } from './guest-keys.ts'
import { onDemandEntries, programEntries, runnerIn } from './guest-programs.ts'
import { writeFacts } from './image-facts.ts'
import { kcoreProgram } from './kcore-program.ts'
import type { MicroRecipe } from './micro-recipe.ts'
import { reseedProgram } from './reseed-program.ts'

const stage = 'image.micro'

/** Fills `dir` with the archive, the client's key and the facts. Throws `Trouble` when fetching or building fails. */
export async function buildMicroGuest(dir: string, recipe: MicroRecipe, report: Report): Promise<void> {
  report(`micro guest: fetching ${recipe.packages.join(', ')} from Debian ${recipe.suite}`)
  const root = join(dir, 'root')
  await extractPackages(root, recipe)
  const packages = packageVersions(readdirSync(join(root, 'var/cache/apt/archives')))
  const keys = await makeGuestKeys(runnerIn(root), dir)
  const programs = await programEntries(root, recipe.programs)
  const onDemand = await onDemandEntries(root, recipe.onDemand, programs)
  const archive = cpioArchive([...skeleton, ...programs, ...onDemand, ...configuration(recipe, keys)])
  rmSync(root, { recursive: true })
  writeFileSync(join(dir, 'initramfs.cpio'), archive)
  writeFileSync(join(dir, 'client_ed25519'), keys.clientKey, { mode: 0o600 })
  writeFacts(
    dir,
    { hostPublicKey: keys.hostPublicKey, sha256: createHash('sha256').update(archive).digest('hex') },
    packages,
  )
}

/** Chrootless: nothing is run or mounted to unpack packages, so it works without root and without newuidmap. */
async function extractPackages(root: string, { suite, packages }: MicroRecipe): Promise<void> {
  const argv = ['mmdebstrap', '--mode=chrootless', '--variant=extract', '--architectures=amd64']
  // The package files are kept for their names, which tell the versions: extracting leaves no dpkg status.
  argv.push('--skip=cleanup/apt', `--include=${packages.join(',')}`, suite, root)
  // Unlike our own calls of apt, mmdebstrap does not read the host's apt configuration.
  argv.splice(1, 0, ...(await proxySettings()).map((setting) => `--aptopt=${setting}`))
  argv.push(...(await sourceLines([suite, `${suite}-security`])))
  // Its scratch files beside the root: when it is killed they go with the half-made image.
  const env = { TMPDIR: dirname(root) }
  const contained = await containedArgv()
  await run([...contained, ...argv], {
    stage,
    limitMs: 300_000,
    called: 'mmdebstrap',
    hint: networkHint,
    env,
  })
}

/** Reads names of package files: `name_version_arch.deb`, the colon of an epoch as `%3a`. */
export function packageVersions(files: readonly string[]): readonly PackageVersion[] {
  return files
    .filter((file) => file.endsWith('.deb'))
    .sort()
    .map((file) => {
      const [name, version, architecture] = file.split('_').map(decodeURIComponent)
      if (!name || !version || !architecture)
        throw new Trouble(stage, `"${file}" is no name of a package file`)
      return { name, version }
    })
}

/** The kernel opens /dev/console for PID 1 before anything is mounted. */
const skeleton: readonly CpioEntry[] = [
  ...['/proc', '/sys', '/dev', '/run', '/tmp', '/var'].map((path): CpioEntry => ({
    kind: 'directory',
    path,
  })),
  { kind: 'character device', path: '/dev/console', major: 5, minor: 1 },
  { kind: 'link', path: '/bin/sh', target: 'busybox' },
  { kind: 'link', path: '/var/run', target: '/run' },
]

function text(path: string, content: string | Buffer, mode = 0o644): CpioEntry {
  return { kind: 'file', path, content: Buffer.from(content), mode }
}

function configuration(recipe: MicroRecipe, keys: GuestKeys): readonly CpioEntry[] {
  return [
    text('/init', recipe.init, 0o755),
    { kind: 'file', path: '/bin/reseed', content: reseedProgram(), mode: 0o755 },
    { kind: 'file', path: '/bin/kcore-words', content: kcoreProgram(), mode: 0o755 },
    text('/etc/fstab', recipe.fstab),
    text('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
    text('/etc/group', 'root:x:0:\n'),
    // dropbear lets nobody in whose shell is not listed.
    text('/etc/shells', '/bin/sh\n'),
    text('/etc/dropbear/host_ed25519', keys.hostKey, 0o600),
    { kind: 'directory', path: '/root', mode: 0o700 },
    { kind: 'directory', path: '/root/.ssh', mode: 0o700 },
    text('/root/.ssh/authorized_keys', `ssh-ed25519 ${keys.clientPublicKey} irqlab\n`, 0o600),
  ]
}
