import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { git } from './git.ts'
import { toyHistory } from './git-history-fixture.ts'
import { readHistory } from './history.ts'

const toy = await toyHistory(['a', 'b', 'c', 'd'])
const { dir, tree, shas } = toy
t.teardown(() => toy.remove())

await t.test('two ends by any name that git knows, and what lies between', async (t) => {
  await git(tree, ['tag', 'v1', shas[1] ?? ''])
  t.match(await readHistory(tree, 'v1', 'HEAD'), {
    tree,
    good: { sha: shas[1], subject: 'irq: step 1', author: 'A. Hacker <hacker@example.org>', date: /^20/ },
    bad: { sha: shas[3] },
    commits: 2,
  })
  t.match(await readHistory(tree, 'HEAD~3', 'main'), { commits: 3 })
})

await t.test('what cannot be bisected is refused in one line', async (t) => {
  mkdirSync(join(dir, 'plain'))
  writeFileSync(join(dir, 'file'), '')
  await git(tree, ['checkout', '--quiet', '--orphan', 'other'])
  await git(tree, ['rm', '-r', '--quiet', '--cached', '.'])
  await git(tree, ['commit', '--quiet', '--allow-empty', '--message', 'not Linux'])
  await git(tree, ['checkout', '--quiet', '--force', 'main'])
  await git(tree, ['checkout', '--quiet', '-b', 'side', shas[0] ?? ''])
  await git(tree, ['commit', '--quiet', '--allow-empty', '--message', 'aside'])
  await git(tree, ['checkout', '--quiet', 'main'])
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    [join(dir, 'absent'), 'a', 'b', /^--tree \S+absent: no such directory$/],
    [join(dir, 'file'), 'a', 'b', /^--tree \S+file: not a directory$/],
    [join(dir, 'plain'), 'a', 'b', /^--tree \S+plain: no git tree$/],
    [join(tree, 'kernel'), 'HEAD~1', 'HEAD', /kernel: give the top of the tree, this is kernel\/ in it$/],
    [tree, 'nope', 'HEAD', /^--good "nope": no such commit in /],
    [tree, 'HEAD~1', 'HEAD~99', /^--bad "HEAD~99": no such commit in /],
    [tree, '--help', 'HEAD', /^--good "--help": no such commit/],
    [tree, '', 'HEAD', /^--good "": no such commit/],
    [tree, 'HEAD:Makefile', 'HEAD', /no such commit/],
    [tree, 'HEAD', 'main', /^--good HEAD and --bad main are the same commit$/],
    [tree, 'HEAD', 'HEAD~2', /^--good HEAD is no ancestor of --bad HEAD~2: they are the wrong way round$/],
    [tree, 'side', 'main', /^--good side is no ancestor of --bad main$/],
    [
      tree,
      'HEAD~1',
      'other',
      /other is no Linux tree: there is no Kbuild, no Makefile, no arch\/x86, no kernel\/irq$/,
    ],
  ]
  for (const [where, good, bad, why] of cases) {
    await t.rejects(readHistory(where, good, bad), { name: 'UsageError', message: why })
  }
})
