/** Packages and globals that have one owner file each: whoever needs what they do goes through the owner. */
import { packageOf } from './import-rules.ts'
import { lineAt, type Source } from './source.ts'

interface OwnedName {
  /** As in a message: `ssh2`, `process.exit`. */
  readonly name: string
  /** The package, or how the global looks in code. */
  readonly found: string | RegExp
  /** Files or folders (with a slash at the end) that may have it. */
  readonly owners: readonly string[]
  /** Launchers run before TypeScript can: they may have it too. */
  readonly launchers?: true
  readonly remedy: string
}

const OWNED: readonly OwnedName[] = [
  {
    name: 'ssh2',
    found: 'ssh2',
    owners: ['harness/ssh/connection.ts', 'harness/ssh/server-fixture.ts'],
    remedy: 'use SshConnection or GuestShell (harness/ssh/)',
  },
  {
    name: 'zx',
    found: 'zx',
    owners: ['harness/host/shell.ts'],
    remedy: 'use run() of harness/host/shell.ts',
  },
  {
    name: 'tmp-promise',
    found: 'tmp-promise',
    owners: ['harness/host/workdir.ts'],
    remedy: 'use makeWorkdir() of harness/host/workdir.ts; a test uses t.testdir()',
  },
  {
    name: 'tar',
    found: 'tar',
    owners: ['harness/capture/archive.ts', 'harness/bundle/tarball.ts'],
    remedy: 'use readArchive() or readTar() of harness/capture/archive.ts: archives are not trusted',
  },
  {
    name: 'node:child_process',
    found: 'node:child_process',
    owners: ['harness/host/processes.ts'],
    launchers: true,
    remedy: 'use spawnProcess() of harness/host/processes.ts, or run() of harness/host/shell.ts',
  },
  {
    name: 'child_process without node:',
    found: 'child_process',
    owners: [],
    // They also have to run on a Node that is too old, to say so.
    launchers: true,
    remedy: 'write node:child_process, in harness/host/processes.ts only',
  },
  {
    name: 'process.exit, process.exitCode or process.argv',
    found: /\bprocess\s*\??\.\s*(?:exit|exitCode|argv)\b/g,
    // irqlab itself, and the frame of the other programs of the house.
    owners: ['harness/main.ts', 'harness/cli/run-script.ts'],
    launchers: true,
    remedy:
      'only a program reads arguments and exits (harness/main.ts): take parameters, throw or return instead',
  },
  {
    name: 'a timer',
    found: /\bset(?:Timeout|Interval)\b/g,
    owners: ['harness/base/'],
    remedy: 'use pause() or poll() of harness/base/poll.ts, or a Deadline',
  },
  {
    name: 'console',
    found: /(?<![.\w$#])console\s*\??\.\s*(?:log|error|warn|info|debug|table|dir|trace|group|time|assert)\b/g,
    owners: ['harness/report/', 'harness/base/log.ts'],
    remedy: 'return the text, or print it through harness/report/ or harness/base/log.ts',
  },
]

/** Owned names in files that do not own them. */
export function strayNames(tree: readonly Source[]): readonly string[] {
  return OWNED.flatMap((owned) =>
    tree
      .filter(({ path }) => !isOwner(owned, path))
      .flatMap((source) =>
        linesWith(owned, source).map((line) => `${source.path}:${line} has ${owned.name}: ${owned.remedy}`),
      ),
  )
}

/** Owners of packages that are gone, or that no longer import theirs: the table above would protect nothing. */
export function staleOwners(tree: readonly Source[]): readonly string[] {
  return OWNED.filter(({ found }) => typeof found === 'string').flatMap((owned) =>
    owned.owners
      .filter((owner) => {
        const source = tree.find(({ path }) => path === owner)
        return source === undefined || linesWith(owned, source).length === 0
      })
      .map((owner) => `${owner} no longer has ${owned.name}: correct OWNED in harness/layers/owned-names.ts`),
  )
}

function isOwner({ owners, launchers }: OwnedName, path: string): boolean {
  if (launchers === true && path.endsWith('.cjs')) return true
  return owners.some((owner) => path === owner || (owner.endsWith('/') && path.startsWith(owner)))
}

function linesWith({ found }: OwnedName, source: Source): readonly number[] {
  return typeof found === 'string'
    ? source.imports.filter(({ specifier }) => packageOf(specifier) === found).map(({ line }) => line)
    : [...source.code.matchAll(found)].map(({ index }) => lineAt(source.code, index))
}
