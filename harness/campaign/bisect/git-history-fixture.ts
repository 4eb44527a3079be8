/** A small history in real git that looks like a Linux tree: one commit a step, each with what a kernel of it would do. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../host/shell.ts'
import { git } from './git.ts'

/** A repository of a test's own. */
export interface ToyHistory {
  /** A directory for whatever belongs to it. */
  readonly dir: string
  readonly tree: string
  /** One for each step, the oldest first. */
  readonly shas: readonly string[]
  remove(): void
}

/** The file in which a commit says what it is. */
export const TOY_FILE = 'kernel/irq/toy'

/** Commits each of these texts, the first one as the root. */
export async function toyHistory(steps: readonly string[]): Promise<ToyHistory> {
  const dir = mkdtempSync(join(tmpdir(), 'irqlab-history-'))
  const tree = join(dir, 'tree')
  mkdirSync(tree)
  await git(tree, ['init', '--quiet', '--initial-branch=main'])
  await git(tree, ['config', 'user.name', 'A. Hacker'])
  await git(tree, ['config', 'user.email', 'hacker@example.org'])
  // One process for all commits.
  const input = steps.map((text, at) => commitOf(at, `${at} ${text}\n`)).join('')
  await run(['git', '-C', tree, 'fast-import', '--quiet'], { stage: 'test', limitMs: 30_000, input })
  await git(tree, ['checkout', '--quiet', '--force', 'main'])
  const shas = (await git(tree, ['rev-list', '--reverse', 'main'])).split('\n')
  return { dir, tree, shas, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** What a Linux tree has at least, for those who look whether it is one. */
const FILES: Readonly<Record<string, string>> = {
  Kbuild: '\n',
  Kconfig: '\n',
  'arch/x86/Makefile': '\n',
  Makefile: 'VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\n',
}

/** One commit in the words of git-fast-import(1). */
function commitOf(at: number, toy: string): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
  const files = Object.entries({ ...(at === 0 ? FILES : {}), [TOY_FILE]: toy })
  return [
    `commit refs/heads/main\nauthor A. Hacker <hacker@example.org> ${1_700_000_000 + at} +0000\n`,
    `committer A. Hacker <hacker@example.org> ${1_700_000_000 + at} +0000\n${data(`irq: step ${at}`)}`,
    ...files.map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
  ].join('')
}
