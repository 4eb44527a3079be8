/** Which packages do Debian's suites hold, and how are they fetched? With apt, but never with the host's apt state. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { debianMirror } from '../host/debian-mirror.ts'
import { run } from '../host/shell.ts'
import type { RunOptions } from '../host/shell.ts'

/** A package in one version, as the signed index names it. */
export interface PackageVersion {
  readonly name: string
  readonly version: string
}

/** The indexes of some suites, fetched and verified, in a directory of their own. */
export interface DebianArchive {
  /** Every version of the packages whose names match. */
  versions(namePattern: RegExp): Promise<readonly PackageVersion[]>
  /** The names of the packages it depends on, alternatives included. */
  dependencies(of: PackageVersion): Promise<readonly string[]>
  /** Fetches the packages, verified against the index, and unpacks them all into one tree. */
  unpack(packages: readonly PackageVersion[], into: string): Promise<void>
}

const stage = 'image.archive'
/** What to try when packages cannot be fetched. */
export const networkHint =
  'check that apt-get update works here, or set IRQLAB_DEBIAN_MIRROR to a mirror that can be reached'

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** The lines of a sources.list for these suites, from this machine's mirror; signatures by Debian's own keyring. */
export async function sourceLines(suites: readonly string[]): Promise<readonly string[]> {
  const mirror = await debianMirror()
  return suites.map((suite) => {
    const site = suite.endsWith('-security') ? mirror.security : mirror.debian
    return `deb [arch=amd64 signed-by=${keyring}] ${site} ${suite} main`
  })
}

/** Fetches the indexes of the suites into `dir`, which must be empty. Throws `Trouble` when the network does not serve. */
export async function openArchive(dir: string, suites: readonly string[]): Promise<DebianArchive> {
  const apt = await ownApt(dir, suites)
  await run(['apt-get', ...apt, 'update', '-q'], {
    stage,
    limitMs: 300_000,
    called: 'apt-get update',
    hint: networkHint,
  })
  return {
    async versions(namePattern) {
      const names = await packageNames(apt, namePattern)
      if (names.length === 0) return []
      const { stdout } = await run(['apt-cache', ...apt, 'madison', ...names], local('madison'))
      return parseMadison(stdout)
    },
    async dependencies({ name, version }) {
      const argv = ['apt-cache', ...apt, 'show', `${name}=${version}`]
      const { stdout } = await run(argv, local('show'))
      return parseDependencies(stdout)
    },
    async unpack(packages, into) {
      const debs = join(dir, 'debs')
      await mkdir(debs, { recursive: true })
      const asked = packages.map(({ name, version }) => `${name}=${version}`)
      const options = {
        stage,
        limitMs: 900_000,
        cwd: debs,
        called: `apt-get download ${asked.join(' ')}`,
        hint: networkHint,
      }
      await run(['apt-get', ...apt, 'download', '-q', ...asked], options)
      for (const file of await readdir(debs)) {
        await run(['dpkg-deb', '--extract', join(debs, file), into], { stage, limitMs: 120_000 })
      }
    },
  }
}

/** The host's proxy settings for apt, each as a line of apt.conf. */
export async function proxySettings(): Promise<readonly string[]> {
  const { stdout } = await run(['apt-config', 'dump', '--format', '%F "%v";%n', 'Acquire'], {
    ...local('dump'),
    called: 'apt-config dump',
  })
  return stdout
    .split('\n')
    .filter((line) => /^Acquire::(http|https|ftp)::(Proxy|proxy)\b.*"..*";$/.test(line))
}

function local(word: string): RunOptions {
  return { stage, limitMs: 60_000, called: `apt-cache ${word}` }
}

/** Options that make apt blind to the host's sources, lists, pins, installed packages and hooks; its proxy stays. */
async function ownApt(dir: string, suites: readonly string[]): Promise<readonly string[]> {
  const [sources, status, config] = ['sources.list', 'status', 'apt.conf'].map((name) => join(dir, name))
  if (sources === undefined || status === undefined || config === undefined)
    throw new TypeError('unreachable')
  await mkdir(join(dir, 'lists', 'partial'), { recursive: true })
  await mkdir(join(dir, 'cache', 'archives', 'partial'), { recursive: true })
  await writeFile(sources, `${(await sourceLines(suites)).join('\n')}\n`)
  await writeFile(status, '')
  // Images of containers carry hooks that clean the host's own cache after an update; `#clear` works in a file only.
  const hooks = ['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success']
  await writeFile(config, hooks.map((hook) => `#clear APT::Update::${hook};\n`).join(''))
  const options = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferences': '-',
    'Dir::Etc::preferencesparts': '-',
    'Dir::State::Lists': join(dir, 'lists'),
    'Dir::State::status': status,
    'Dir::Cache': join(dir, 'cache'),
    'APT::Architecture': 'amd64',
    'APT::Architectures': 'amd64',
    // apt's download user cannot enter a cache below a home directory; signatures are verified either way.
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    // Otherwise apt calls an update good when it could fetch nothing at all.
    'APT::Update::Error-Mode': 'any',
    'Acquire::Retries': '2',
  }
  return ['-c', config, ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}

async function packageNames(apt: readonly string[], namePattern: RegExp): Promise<readonly string[]> {
  const { stdout } = await run(['apt-cache', ...apt, 'pkgnames'], local('pkgnames'))
  return stdout.split('\n').filter((name) => namePattern.test(name))
}

/** Reads `apt-cache madison`: lines of `name | version | where`. Throws `Trouble` on any other line. */
export function parseMadison(text: string): readonly PackageVersion[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const [name, version] = line.split('|').map((cell) => cell.trim())
    if (!name || !version) throw new Trouble(stage, `apt-cache madison wrote "${line.trim()}"`)
    return { name, version }
  })
}

/** Reads the Depends field from `apt-cache show`: names alone, without versions. No field: no dependencies. */
export function parseDependencies(text: string): readonly string[] {
  const field = /^Depends: (.*)$/m.exec(text)?.[1] ?? ''
  return field
    .split(/[,|]/)
    .map((item) => item.trim().split(/[\s:(]/)[0] ?? '')
    .filter((name) => name !== '')
}
