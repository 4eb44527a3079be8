/** How is the full Debian guest built? By Debian's own installation of its packages, into a file system on a file. */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Trouble } from '../base/errors.ts'
import { containedArgv } from '../host/contained.ts'
import { ensurePackages, type HostPackage } from '../host/packages.ts'
import { run } from '../host/shell.ts'
import { makeKeyPair } from '../ssh/key-pair.ts'
import type { Report } from './cache.ts'
import { networkHint, proxySettings, sourceLines } from './debian-archive.ts'
import type { PackageVersion } from './debian-archive.ts'
import type { FullRecipe } from './full-recipe.ts'
import { writeFacts } from './image-facts.ts'
import { kcoreProgram } from './kcore-program.ts'

const stage = 'image.full'

/** The file system in the directory of the image. */
const DISK_FILE = 'disk.img'

/** What building it needs of this host, beside what every run needs. */
const buildPackages: readonly HostPackage[] = [
  { name: 'e2fsprogs', proof: ['mke2fs'], why: 'makes the file system of the full guest' },
]
/** Without root its packages are installed by an ordinary user, who only seems to own and to change roots. */
const unprivilegedPackages: readonly HostPackage[] = [
  { name: 'fakechroot', proof: ['fakechroot'], why: 'installs the packages of the full guest without root' },
  { name: 'fakeroot', proof: ['fakeroot'], why: 'keeps who owns the files of the full guest' },
]

/** Fills `dir` with the disk, the client's key and the facts. Throws `Trouble` when fetching or building fails. */
export async function buildFullGuest(dir: string, recipe: FullRecipe, report: Report): Promise<void> {
  const isRoot = process.getuid?.() === 0
  await ensurePackages(report, isRoot ? buildPackages : [...buildPackages, ...unprivilegedPackages])
  report(`debian-full: installing ${recipe.packages.join(', ')} from Debian ${recipe.suite}`)
  const [root, disk] = [join(dir, 'root'), join(dir, DISK_FILE)]
  const [client, host] = [makeKeyPair(), makeKeyPair()]
  const setUp = setUpText(recipe, client.publicLine, host)
  const makeDisk = ['mke2fs', ...DISK_OPTIONS, '-d', root, disk, `${recipe.diskMib}M`]
  // Who owns what is known to fakeroot alone, and forgotten with it: there the disk is made while it lasts.
  await install(root, recipe, setUp, isRoot ? undefined : makeDisk)
  if (isRoot) await run(makeDisk, { stage, limitMs: 300_000, called: 'mke2fs' })
  const packages = installed(readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8'))
  rmSync(root, { recursive: true })
  report('debian-full: taking the hash of its disk')
  writeFileSync(join(dir, 'client_ed25519'), client.privateKey, { mode: 0o600 })
  const hash = createHash('sha256')
  await pipeline(createReadStream(disk), hash)
  writeFacts(dir, { hostPublicKey: host.publicBlob, sha256: hash.digest('hex') }, packages)
}

/**
 * Made from a directory, nothing is mounted, and no loop device is needed. Without checksums of metadata and with a small
 * journal: under emulation each costs instructions in every run.
 */
const DISK_OPTIONS = [
  ['-q', '-F', '-t', 'ext4', '-O', '^metadata_csum,^resize_inode'],
  ['-J', 'size=8', '-m', '0', '-L', 'irqlab-root'],
].flat()

/** No manuals, no translations: nobody reads them there, and each is a file to write under emulation. */
const UNREAD = ['doc', 'man', 'info', 'locale', 'lintian', 'bash-completion']

/** fakechroot (2.20) puts the place of the root before what an absolute link says, and leaves it there. */
const RELINK = `find "$1" -type l -lname "$1/*" | while read -r l; do t=$(readlink "$l"); ln -sfn "\${t#"$1"}" "$l"; done`

/** `atLast` is done before the root is let go. */
async function install(
  root: string,
  { suite, packages }: FullRecipe,
  setUp: string,
  atLast: readonly string[] | undefined,
): Promise<void> {
  const mode = atLast === undefined ? 'root' : 'fakechroot'
  const argv = ['mmdebstrap', `--mode=${mode}`, '--variant=minbase', '--architectures=amd64']
  argv.push(...UNREAD.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`))
  argv.push(...(await proxySettings()).map((setting) => `--aptopt=${setting}`))
  // The last word on the system is ours, said by its own shell.
  argv.push('--customize-hook=printf %s "$IRQLAB_SET_UP" | chroot "$1" /bin/sh -e')
  if (atLast !== undefined)
    argv.push(`--customize-hook=${RELINK}`, `--customize-hook=${atLast.map(quoted).join(' ')}`)
  argv.push(`--include=${packages.join(',')}`, suite, root)
  argv.push(...(await sourceLines([suite, `${suite}-security`])))
  // In a user namespace with one user in it tar cannot unpack what fakeroot makes of users (seen: mmdebstrap 1.3.5).
  const contained = atLast === undefined ? await containedArgv() : []
  await run([...contained, ...argv], {
    stage,
    limitMs: 900_000,
    called: 'mmdebstrap',
    hint: networkHint,
    env: { TMPDIR: join(root, '..'), IRQLAB_SET_UP: setUp },
  })
}

/** As a shell reads it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

/** Shell text that makes of a fresh Debian a guest of ours: who may log in, by which keys, and what does not wake up. */
function setUpText(
  { applets, masked }: FullRecipe,
  clientLine: string,
  host: { readonly privateKey: string; readonly publicLine: string },
): string {
  return [
    'echo irqlab >/etc/hostname',
    // A first boot would set up everything anew, at every boot: nothing that a guest writes stays.
    'rm -f /etc/machine-id; echo 69727161626c6162697271616c616262 >/etc/machine-id',
    'echo "/dev/vda / ext4 defaults 0 0" >/etc/fstab',
    'rm -f /etc/ssh/ssh_host_*',
    file('/etc/ssh/ssh_host_ed25519_key', Buffer.from(host.privateKey), '600'),
    file('/etc/ssh/ssh_host_ed25519_key.pub', Buffer.from(`${host.publicLine}\n`), '644'),
    'mkdir -p -m 700 /root/.ssh',
    file('/root/.ssh/authorized_keys', Buffer.from(`${clientLine}\n`), '600'),
    file('/usr/bin/kcore-words', kcoreProgram(), '755'),
    ...applets.map((applet) => `[ -e /usr/bin/${applet} ] || ln -s busybox /usr/bin/${applet}`),
    ...masked.map((unit) => `ln -sf /dev/null /etc/systemd/system/${unit}`),
    // Where our first program leaves the modules of the kernel (images/full/init).
    'ln -s /run/irqlab/modules /lib/modules-irqlab',
    'rm -rf /var/cache/apt/* /var/lib/apt/lists/* /var/log/*.log /var/log/apt',
  ].join('\n')
}

function file(path: string, content: Buffer, mode: string): string {
  return `echo ${content.toString('base64')} | base64 -d >${path} && chmod ${mode} ${path}`
}

/** Reads dpkg's status file: name and version of every package that is installed. */
export function installed(status: string): readonly PackageVersion[] {
  return status
    .split('\n\n')
    .filter((stanza) => /^Status: install ok installed$/m.test(stanza))
    .map((stanza) => {
      const [, name] = /^Package: (\S+)$/m.exec(stanza) ?? []
      const [, version] = /^Version: (\S+)$/m.exec(stanza) ?? []
      if (name === undefined || version === undefined)
        throw new Trouble(stage, `dpkg's status says of a package: "${stanza.split('\n')[0] ?? ''}"`)
      return { name, version }
    })
}
