/** Which commit is to be asked next? That is for `git bisect` to say: it is told all that is known, each time anew. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../../base/errors.ts'
import { git, gitAnswer } from './git.ts'

/** What git is told of a commit. */
export type Mark = 'good' | 'bad' | 'skip'

/** How far the search is. `log` is what `git bisect log` says, ready for `git bisect replay` in a tree of the user's. */
export type Standing = { readonly log: string } & (
  | { readonly kind: 'next'; readonly sha: string; readonly left: string }
  | { readonly kind: 'found'; readonly sha: string }
  | { readonly kind: 'range'; readonly candidates: readonly string[] }
)

/** The two commits between which is searched. */
export interface Ends {
  readonly good: string
  readonly bad: string
}

/**
 * Asks git in the clone. Nothing is checked out, and nothing of an earlier call is believed, so that it does not matter
 * at which moment that one was killed. Throws `Trouble` when git says what it should not.
 */
export async function standingOf(
  clone: string,
  { good, bad }: Ends,
  marks: ReadonlyMap<string, Mark>,
): Promise<Standing> {
  const dir = join(clone, '.git')
  for (const name of readdirSync(dir)) if (name.startsWith('BISECT_')) rmSync(join(dir, name))
  rmSync(join(dir, 'refs', 'bisect'), { recursive: true, force: true })
  mkdirSync(join(dir, 'irqlab'), { recursive: true })
  const told = join(dir, 'irqlab', 'replay')
  const lines = [...marks]
    .filter(([sha]) => sha !== good && sha !== bad)
    .map(([sha, mark]) => `git bisect ${mark} ${sha}`)
  writeFileSync(told, `${[`git bisect start '--no-checkout' '${bad}' '${good}'`, ...lines].join('\n')}\n`)
  const { status, stdout, stderr } = await gitAnswer(clone, ['bisect', 'replay', told])
  const log = `${(await git(clone, ['bisect', 'log'])).replace(" '--no-checkout'", '')}\n`
  const found = /^# first bad commit: \[([0-9a-f]{40})\]/m.exec(log)?.[1]
  if (found !== undefined) return { kind: 'found', sha: found, log }
  const candidates = [...log.matchAll(/^# possible first bad commit: \[([0-9a-f]{40})\]/gm)].flatMap(
    ([, sha]) => sha ?? [],
  )
  if (candidates.length > 0) return { kind: 'range', candidates, log }
  if (status !== 0) {
    throw new Trouble('bisect.git', `git bisect replay failed: ${(stderr || stdout).trim().split('\n')[0]}`)
  }
  const sha = await git(clone, ['rev-parse', '--verify', 'BISECT_HEAD'])
  // It also says so before it was told everything.
  const left = [...stdout.matchAll(/^Bisecting: (.*)$/gm)].at(-1)?.[1] ?? ''
  return { kind: 'next', sha, left, log }
}
