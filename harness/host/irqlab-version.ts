/** Which irqlab is this? Two that would ask and judge alike have one name; a change of the sources makes another. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { packageVersion } from '../base/package-version.ts'
import { type GitCommit, runningCommit } from './host-facts.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SHOWN_DIGITS = 12

/** The commit that runs; where the work tree differs from it, or there is none, with a hash of the sources behind a +. */
export async function irqlabVersion(root: string = ROOT): Promise<string> {
  return versionOf(await runningCommit(), packageVersion(), () => sourcesHash(root))
}

/** What `irqlabVersion` says of a commit and what else is known. */
export function versionOf(commit: GitCommit | undefined, version: string, hash: () => string): string {
  if (commit === undefined) return `${version}+${hash()}`
  return commit.dirty ? `${commit.commit}+${hash()}` : commit.commit
}

/** Hash, hex, of all that runs: TypeScript of the harness and the scenarios, without what only tests have. */
export function sourcesHash(root: string): string {
  const hash = createHash('sha256')
  for (const dir of ['harness', 'scenarios']) {
    for (const name of readdirSync(join(root, dir), { recursive: true }).map(String).sort()) {
      if (!name.endsWith('.ts') || /(?:\.test|-fixture)\.ts$/.test(name)) continue
      hash.update(`${dir}/${name}\0`).update(readFileSync(join(root, dir, name)))
    }
  }
  return hash.digest('hex').slice(0, SHOWN_DIGITS)
}
