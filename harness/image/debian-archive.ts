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

/** A package in one version, with what the indexes say of it. */
export interface IndexedPackage extends PackageVersion {
  /** The suites that hold this version. */
  readonly suites: readonly string[]
  /** Names of the packages it depends on, alternatives included. */
  readonly depends: readonly string[]
  /** Of the .deb. */
  readonly sizeBytes: number
}

/** The indexes of some suites, fetched and verified, in a directory of their own. */
export interface DebianArchive {
  /** Suites that were asked for and that the mirror does not have. */
  readonly absent: readonly string[]
  /** Every version of the packages whose names match, with all that is known of it. */
  indexed(namePattern: RegExp): Promise<readonly IndexedPackage[]>
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

const sourcesFile = 'sources.list'

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
  const { apt, absent } = await updated(dir, suites)
  const madison = async (names: readonly string[]) => {
    if (names.length === 0) return []
    const { stdout } = await run(['apt-cache', ...apt, 'madison', ...names], local('madison'))
    return parseMadison(stdout)
  }
  return {
    absent,
    async versions(namePattern) {
      return madison(await packageNames(apt, namePattern))
    },
    async indexed(namePattern) {
      const names = await packageNames(apt, namePattern)
      if (names.length === 0) return []
      const { stdout } = await run(['apt-cache', ...apt, 'show', ...names], local('show'))
      return parseIndexed(stdout, await madison(names))
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
      try {
        await run(['apt-get', ...apt, 'download', '-q', ...asked], options)
      } catch (error) {
        if (error instanceof Trouble && / 404 /.test(error.message)) throw gone(asked, error)
        throw error
      }
      for (const file of await readdir(debs)) {
        await run(['dpkg-deb', '--extract', join(debs, file), into], { stage, limitMs: 120_000 })
      }
    },
  }
}

/** Fetches the lists of the suites; those that the mirror does not have are left out, if it has any. */
async function updated(
  dir: string,
  suites: readonly string[],
): Promise<{ readonly apt: readonly string[]; readonly absent: readonly string[] }> {
  const apt = await ownApt(dir, suites)
  const update = ['apt-get', ...apt, 'update', '-q']
  const options = { stage, limitMs: 300_000, called: 'apt-get update', hint: networkHint }
  try {
    await run(update, options)
    return { apt, absent: [] }
  } catch (error) {
    // Asked again with what is there: lists that were fetched are not fetched twice.
    const lists = await readdir(join(dir, 'lists'))
    const there = suites.filter((suite) => lists.some((name) => name.endsWith(`_dists_${suite}_InRelease`)))
    const absent = suites.filter((suite) => !there.includes(suite))
    if (there.length === 0 || absent.length === 0) throw error
    if (!(error instanceof Trouble) || !absentOnMirror.test(error.message)) throw error
    await writeFile(join(dir, sourcesFile), `${(await sourceLines(there)).join('\n')}\n`)
    await run(update, options)
    return { apt, absent }
  }
}

/** apt's words for a suite that a mirror answers 404 for; a network that fails has others. */
const absentOnMirror = /does not have a Release file/

/** Seen with versions that a suite has long replaced: the signed index names them, and their files were removed. */
function gone(asked: readonly string[], cause: Trouble): Trouble {
  return new Trouble(stage, `the mirror lists ${asked.join(', ')}, and has the file no more`, {
    hint: 'take another version: irqlab kernel list shows what there is',
    lasting: true,
    cause,
  })
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
  const [sources, status, config] = [sourcesFile, 'status', 'apt.conf'].map((name) => join(dir, name))
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

/** A package in one version, in one suite. */
export interface SuiteVersion extends PackageVersion {
  /** Absent for what comes from no suite. */
  readonly suite: string | undefined
}

/** Reads `apt-cache madison`: lines of `name | version | where`. Throws `Trouble` on any other line. */
export function parseMadison(text: string): readonly SuiteVersion[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const [name, version, where = ''] = line.split('|').map((cell) => cell.trim())
    if (!name || !version) throw new Trouble(stage, `apt-cache madison wrote "${line.trim()}"`)
    return { name, version, suite: / (\S+)\/main \S+ Packages$/.exec(where)?.[1] }
  })
}

/** Reads `apt-cache show` of many packages, and adds the suites. Throws `Trouble` when a field is not there. */
export function parseIndexed(text: string, where: readonly SuiteVersion[]): readonly IndexedPackage[] {
  const found = new Map<string, IndexedPackage>()
  for (const stanza of text.split('\n\n').filter((one) => one.trim() !== '')) {
    const field = (label: string) => new RegExp(`^${label}: (.*)$`, 'm').exec(stanza)?.[1]
    const [name, version, size] = [field('Package'), field('Version'), field('Size')]
    if (!name || !version || !/^\d+$/.test(size ?? ''))
      throw new Trouble(stage, `apt-cache show wrote "${stanza.trim().split('\n')[0] ?? ''}"`)
    const suites = where
      .filter((one) => one.name === name && one.version === version)
      .flatMap(({ suite }) => (suite === undefined ? [] : [suite]))
    // One version may have a stanza for each suite.
    found.set(`${name} ${version}`, {
      name,
      version,
      suites: [...new Set(suites)],
      depends: parseDependencies(stanza),
      sizeBytes: Number(size),
    })
  }
  return [...found.values()]
}

/** Reads the Depends field from `apt-cache show`: names alone, without versions. No field: no dependencies. */
export function parseDependencies(text: string): readonly string[] {
  const field = /^Depends: (.*)$/m.exec(text)?.[1] ?? ''
  return field
    .split(/[,|]/)
    .map((item) => item.trim().split(/[\s:(]/)[0] ?? '')
    .filter((name) => name !== '')
}
