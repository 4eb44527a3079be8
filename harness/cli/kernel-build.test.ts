/** `irqlab kernel build` as a user starts it, on a toy: what it prints, what it refuses, and that it can be ended at any moment. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { exchange } from '../host/exchange.ts'
import { GOOD_PATCH, STALE_PATCH, writeToyTree } from '../image/build/toy-tree-fixture.ts'
import { irqlab, makePlace, type Place } from './irqlab-fixture.ts'
import { gone, start, treeOf } from './leftovers-fixture.ts'

function placeWithToy(t: Test): Place & { readonly tree: string } {
  const place = makePlace()
  t.teardown(() => place.remove())
  const tree = join(place.dir, 'linux')
  mkdirSync(tree)
  writeToyTree(tree)
  place.made.push('linux')
  return { ...place, tree }
}

await t.test('it ends with the path, the release and the line that boots it', async (t) => {
  const place = placeWithToy(t)
  const fix = join(place.dir, 'fix.patch')
  writeFileSync(fix, GOOD_PATCH)
  const plain = await irqlab(place, ['kernel', 'build', '--base', `tree:${place.tree}`, '--patch', fix])
  t.match(plain, { status: 0, stderr: /built 6\.12\.99-toy: 3 files compiled/ })
  const [first, path = '', last] = plain.stdout.split('\n')
  t.equal(first, `6.12.99-toy, built from tree:${place.tree},patch=${fix}`)
  t.ok(existsSync(path))
  t.equal(last, `boot it: irqlab run --kernel ${path}`)

  const again = await irqlab(place, [
    'kernel',
    'build',
    '--json',
    '--base',
    `tree:${place.tree}`,
    '--patch',
    fix,
  ])
  t.match(JSON.parse(again.stdout), { schema: 'irqlab.kernel/1', release: '6.12.99-toy', bzImage: path })
  const list = await irqlab(place, ['image', 'list'])
  t.match(list.stdout, /Linux 6\.12\.99-toy \(built from /)
  t.match(list.stdout, /sources and objects of /)
})

await t.test('a range: the base at its end, or a patch upon another base', async (t) => {
  const place = placeWithToy(t)
  const git = async (...words: readonly string[]) => {
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org']
    const { status } = await exchange(['git', ...who, '-C', place.tree, ...words], {
      stage: 'test',
      limitMs: 10_000,
    })
    t.equal(status, 0, words.join(' '))
  }
  const file = join(place.tree, 'kernel/irq/manage.c')
  const before = readFileSync(file, 'utf8')
  await git('init', '--quiet')
  await git('add', '--all')
  await git('commit', '--quiet', '-m', 'one')
  writeFileSync(file, before.replace('irq + 1', 'irq + 2'))
  await git('commit', '--quiet', '--all', '-m', 'two')
  writeFileSync(file, 'what is not committed has no part in it')
  const build = async (...words: readonly string[]) => {
    const { status, stdout, stderr } = await irqlab(place, ['kernel', 'build', '--json', ...words])
    return status === 0 ? (JSON.parse(stdout) as { sha256: string }).sha256 : stderr
  }
  const base = ['--base', `tree:${place.tree}`]
  const two = await build(...base, '--range', 'HEAD~1..HEAD')
  t.match(two, /^[0-9a-f]{64}$/)
  t.not(await build('--base', `tree:${place.tree},commit=HEAD~1`), two)

  const other = join(place.dir, 'other')
  mkdirSync(other)
  writeToyTree(other)
  t.equal(await build('--base', `tree:${other}`, '--range', 'HEAD~1..', '--from', place.tree), two)
  t.match(await build('--range', 'A..B'), /--range A\.\.B: say with --from DIR in which git tree/)
  t.match(await build(...base, '--range', 'HEAD..nonesuch'), /has no commit nonesuch/)
  t.match(await build(...base, '--range', 'HEAD'), /--range HEAD: give two commits as A\.\.B/)
})

await t.test(
  'what cannot be is told in one line, with exit code 64, and nothing is left in the cache',
  async (t) => {
    const place = placeWithToy(t)
    const stale = join(place.dir, 'stale.patch')
    writeFileSync(stale, STALE_PATCH)
    const tree = ['--base', `tree:${place.tree}`]
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--base', 'mainline'], /"mainline" is nothing to build upon: give debian-source:SERIES/],
      [['--base', 'debian-source:6'], /debian-source:6: give a series such as debian-source:6\.12/],
      [['--base', `tree:${place.dir}`], /is no Linux source tree: it has no Makefile/],
      [['--base', 'tree:/nonesuch'], /\/nonesuch is not there/],
      [[...tree, '--patch', 'none.patch'], /none\.patch: no such file/],
      [[...tree, '--patch', place.tree], /it is a directory, give the files in it/],
      [[...tree, '--patch', join(place.tree, 'init.c')], /init\.c is no patch/],
      [[...tree, '--config', 'none.config'], /none\.config: .*no such file/],
      [[...tree, '--from', place.tree], /--from says where --range is/],
      [
        [...tree, '--patch', stale],
        /stale\.patch: hunk 2 of 2 \(line 10 of the patch\) does not apply to kernel\/irq\/migration\.c:10/,
      ],
    ]
    for (const [words, message] of cases) {
      const { status, stdout, stderr } = await irqlab(place, ['kernel', 'build', ...words])
      t.match({ status, stdout, stderr }, { status: 64, stdout: '', stderr: message }, words.join(' '))
      t.equal(stderr.trimEnd().split('\n').length, 1, stderr)
    }
    const inCache = existsSync(place.cache) ? readdirSync(place.cache) : []
    t.notOk(inCache.some((name) => /^(partial|built)-/.test(name)))
  },
)

for (const [signal, exit] of [
  ['SIGKILL', { signal: 'SIGKILL' }],
  ['SIGINT', { code: 130 }],
] as const) {
  await t.test(
    `${signal} in the middle of compiling: no make goes on, and the next build starts right`,
    async (t) => {
      const place = placeWithToy(t)
      const slow = join(place.tree, 'slow')
      writeFileSync(slow, '')
      const env = { IRQLAB_CACHE: place.cache }
      const running = await start(place, ['kernel', 'build', '--base', `tree:${place.tree}`], { env })
      const object = () => {
        const tree = existsSync(place.cache)
          ? readdirSync(place.cache).find((name) => name.startsWith('tree-'))
          : undefined
        return join(place.cache, tree ?? 'absent', 'src/.irqlab-obj/init.o')
      }
      await poll(new Deadline('test', 'half an object', 60_000), () => existsSync(object()) || undefined, {
        everyMs: 20,
      })
      const tree = treeOf(running.child.pid)
      running.child.kill(signal)
      t.match(await running.child.exited, exit)
      const { left, tookMs } = await gone(place, running, tree)
      t.same(left, [], `${tree.length} processes, all gone after ${tookMs} ms`)
      const lock = ['flock', '--nonblock', join(object(), '../.'), 'true'] as const
      t.equal((await exchange(lock, { stage: 'test', limitMs: 5000 })).status, 0, 'nobody is at work there')

      rmSync(slow)
      const next = await irqlab(place, ['kernel', 'build', '--base', `tree:${place.tree}`])
      t.match(next, { status: 0, stderr: /built 6\.12\.99-toy: 3 files compiled/ })
      t.not(readFileSync(object(), 'utf8'), 'half')
    },
  )
}
