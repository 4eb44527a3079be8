/** How is the full Debian guest built? By Debian's own installation of its packages, into a file system on a file. */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Trouble } from '../base/errors.ts'
import { containedArgv } from '../host/contained.ts'
import { ensurePackages } from '../host/packages.ts'
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
export const DISK_FILE = 'disk.img'

/** What building it needs of this host, beside what every run needs. */
const buildPackages = [
  { name: 'e2fsprogs', proof: ['mke2fs'], why: 'makes the file system of the full guest' },
] as const

/** Fills `dir` with the disk, the client's key and the facts. Throws `Trouble` when fetching or building fails. */
export async function buildFullGuest(dir: string, recipe: FullRecipe, report: Report): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Trouble(stage, 'the packages of the full guest can only be installed as root', {
      hint: 'run once as root, with the same IRQLAB_CACHE: irqlab image build --guest debian-full',
      lasting: true,
    })
  await ensurePackages(report, buildPackages)
  report(`debian-full: installing ${recipe.packages.join(', ')} from Debian ${recipe.suite}`)
  const [root, disk] = [join(dir, 'root'), join(dir, DISK_FILE)]
  const [client, host] = [makeKeyPair(), makeKeyPair()]
  await install(root, recipe, setUpText(recipe, client.publicLine, host))
  const packages = installed(readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8'))
  report('debian-full: writing its disk')
  await makeDisk(root, disk, recipe.diskMib)
  rmSync(root, { recursive: true })
  writeFileSync(join(dir, 'client_ed25519'), client.privateKey, { mode: 0o600 })
  const hash = createHash('sha256')
  await pipeline(createReadStream(disk), hash)
  writeFacts(dir, { hostPublicKey: host.publicBlob, sha256: hash.digest('hex') }, packages)
}

/** No manuals, no translations: nobody reads them there, and each is a file to write under emulation. */
const UNREAD = ['doc', 'man', 'info', 'locale', 'lintian', 'bash-completion']

async function install(root: string, { suite, packages }: FullRecipe, setUp: string): Promise<void> {
  const argv = ['mmdebstrap', '--mode=root', '--variant=minbase', '--architectures=amd64']
  argv.push(...UNREAD.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`))
  argv.push(...(await proxySettings()).map((setting) => `--aptopt=${setting}`))
  // The last word on the system is ours, said by its own shell.
  argv.push('--customize-hook=printf %s "$IRQLAB_SET_UP" | chroot "$1" /bin/sh -e')
  argv.push(`--include=${packages.join(',')}`, suite, root)
  argv.push(...(await sourceLines([suite, `${suite}-security`])))
  const contained = await containedArgv()
  await run([...contained, ...argv], {
    stage,
    limitMs: 900_000,
    called: 'mmdebstrap',
    hint: networkHint,
    env: { TMPDIR: join(root, '..'), IRQLAB_SET_UP: setUp },
  })
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
    'echo 69727161626c6162697271616c616262 >/etc/machine-id',
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

/** From a directory: nothing is mounted, and no loop device is needed. */
async function makeDisk(root: string, disk: string, sizeMib: number): Promise<void> {
  // Without checksums of metadata and with a small journal: under emulation each costs instructions in every run.
  const options = ['-O', '^metadata_csum,^resize_inode', '-J', 'size=8', '-m', '0', '-L', 'irqlab-root']
  await run(['mke2fs', '-q', '-F', '-t', 'ext4', ...options, '-d', root, disk, `${sizeMib}M`], {
    stage,
    limitMs: 300_000,
    called: 'mke2fs',
  })
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
