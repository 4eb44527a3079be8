/** Building on a toy: what is compiled again, what is found, what is refused, and what a death leaves. */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Trouble, UsageError } from '../../base/errors.ts'
import { run } from '../../host/shell.ts'
import { openCache, pruneImages } from '../cache.ts'
import { parseBuildBase } from './build-base.ts'
import { buildKernel } from './build-kernel.ts'
import { buildTreeIn, withTree } from './build-tree.ts'
import { BROKEN_PATCH, GOOD_PATCH, STALE_PATCH, writeToyTree } from './toy-tree-fixture.ts'

/** A toy with a cache of its own, and what is needed to build it. */
function toy(dir: string) {
  const [tree, cacheDir] = [join(dir, 'linux'), join(dir, 'cache')]
  writeToyTree(tree)
  const cache = openCache(cacheDir)
  const said: string[] = []
  const patch = (name: string, text: string) => {
    const path = join(dir, name)
    writeFileSync(path, text)
    return path
  }
  const work = () => {
    const name = readdirSync(cacheDir).find((one) => one.startsWith('tree-')) ?? 'absent'
    return buildTreeIn(join(cacheDir, name))
  }
  /** Builds; `compiled` are the objects that make said it compiled, none when the product was found. */
  const build = async (...patches: readonly string[]) => {
    said.length = 0
    const base = parseBuildBase(`tree:${tree}`)
    const kernel = await buildKernel({ base, patches }, cache, (line) => said.push(line))
    const built = said.some((line) => line.startsWith('built '))
    return { kernel, compiled: built ? compiledIn(readFileSync(work().log, 'utf8')) : [] }
  }
  return { tree, cache, said, patch, build, work }
}

function compiledIn(log: string): readonly string[] {
  return [...log.matchAll(/^ {2}CC {6}(\S+)/gm)].map(([, object = '']) => object)
}

const all = ['init.o', 'kernel/irq/manage.o', 'kernel/irq/migration.o']

await t.test('everything once, then what has changed, then nothing', async (t) => {
  const { build, patch, tree } = toy(t.testdir())
  const first = await build()
  t.same(first.compiled.toSorted(), all)
  t.equal(first.kernel.release, '6.12.99-toy')
  t.equal(first.kernel.modulesCpio, undefined)
  t.match(readFileSync(first.kernel.config ?? '', 'utf8'), /^CONFIG_GENERIC_IRQ_DEBUGFS=y$/m)

  const fix = patch('fix.patch', GOOD_PATCH)
  const patched = await build(fix)
  t.same(patched.compiled, ['kernel/irq/migration.o'])
  t.not(patched.kernel.sha256, first.kernel.sha256)

  t.same((await build()).compiled, [], 'the unpatched one is still there')
  t.same((await build(fix)).kernel.bzImage, patched.kernel.bzImage)

  const file = join(tree, 'kernel/irq/manage.c')
  writeFileSync(file, readFileSync(file, 'utf8').replace('irq + 1', 'irq + 2'))
  t.same((await build(fix)).compiled, ['kernel/irq/manage.o'], 'a change that was not committed counts')
})

await t.test('mail from format-patch, one mailbox with two', async (t) => {
  const dir = t.testdir()
  const { build, patch } = toy(dir)
  const plain = await build(patch('fix.patch', GOOD_PATCH))
  const mail = (subject: string, diff: string) =>
    `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: A Person <a@example.org>\nDate: Sun, 22 Nov 2026 12:00:00 +0000\nSubject: ${subject}\n\nWhy.\n---\n 1 file changed\n\n${diff}-- \n2.39.5\n\n`
  const back = GOOD_PATCH.replace('-\tif (irq > ', '-\tif (irq >= ').replace(
    '+\tif (irq >= ',
    '+\tif (irq == ',
  )
  const cover = mail('[PATCH 0/2] cover', '')
  const box = patch('two.mbox', cover + mail('[PATCH 1/2] one', GOOD_PATCH) + mail('[PATCH 2/2] two', back))
  const { kernel } = await build(box)
  t.not(kernel.sha256, plain.kernel.sha256)
  const encoded = mail('[PATCH] one', GOOD_PATCH.replaceAll('=', '=3D')).replace(
    'Subject:',
    'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\nSubject:',
  )
  t.equal((await build(patch('encoded.patch', encoded))).kernel.sha256, plain.kernel.sha256)
  await t.rejects(build(patch('cover.patch', cover)), { message: /cover\.patch is no patch/ })
})

await t.test('what does not apply is told with hunk and lines, before any file is touched', async (t) => {
  const { build, patch, work } = toy(t.testdir())
  await build()
  const source = join(work().src, 'kernel/irq/migration.c')
  const before = statSync(source).mtimeMs
  const stale = patch('stale.patch', STALE_PATCH)
  const refused: unknown = await build(stale).catch((error: unknown) => error)
  t.type(refused, UsageError)
  t.match(
    String(refused),
    /stale\.patch: hunk 2 of 2 \(line 10 of the patch\) does not apply to kernel\/irq\/migration\.c:10 of /,
  )
  t.equal(statSync(source).mtimeMs, before)

  const fix = patch('fix.patch', GOOD_PATCH)
  await t.rejects(build(fix, fix), { message: /fix\.patch: it is already in / })
  const elsewhere = patch('else.patch', GOOD_PATCH.replaceAll('migration.c', 'absent.c'))
  await t.rejects(build(elsewhere), { message: /has no file kernel\/irq\/absent\.c/ })
  const cut = patch('cut.patch', GOOD_PATCH.split('\n').slice(0, 6).join('\n'))
  await t.rejects(build(cut), { message: /cut\.patch: it is damaged at line / })
  await t.rejects(build(patch('notes.txt', 'no diff\n')), { message: /notes\.txt is no patch/ })
  await t.rejects(build(join(t.testdirName, 'none.patch')), { message: /none\.patch: no such file/ })
})

await t.test(
  'what does not compile is told with the first error, and the next build starts right',
  async (t) => {
    const { build, patch, work } = toy(t.testdir())
    const failed: unknown = await build(patch('broken.patch', BROKEN_PATCH)).catch((error: unknown) => error)
    t.type(failed, Trouble)
    t.match(failed, { stage: 'build.compile', lasting: true, hint: `the whole log: ${work().log}` })
    t.match(String(failed), /kernel\/irq\/migration\.c:5:\d+: error: .*CPUS/)
    t.ok((await build(patch('fix.patch', GOOD_PATCH))).compiled.includes('kernel/irq/migration.o'))
  },
)

await t.test(
  "nothing is written into the user's tree, and what he has built there has no part in it",
  async (t) => {
    const { build, tree, patch } = toy(t.testdir())
    const products = {
      '.gitignore': '*.o\n/*\n',
      '.config': 'CONFIG_SMP=y\n',
      'init.o': 'stale',
      'include/config/auto.conf': '',
    }
    await run(['mkdir', '-p', join(tree, 'include/config')], { stage: 'test', limitMs: 5000 })
    for (const [path, text] of Object.entries(products)) writeFileSync(join(tree, path), text)
    const listing = async () =>
      (await run(['find', tree, '-printf', '%p %T@ %s %y\n'], { stage: 'test', limitMs: 5000 })).stdout
    const before = await listing()
    t.same((await build(patch('fix.patch', GOOD_PATCH))).compiled.toSorted(), all)
    t.equal(await listing(), before)
  },
)

await t.test('a git tree: as it is, at a commit, and with nothing left behind', async (t) => {
  const { build, tree, cache, said } = toy(t.testdir())
  const git = async (...words: readonly string[]) =>
    (
      await run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.org', '-C', tree, ...words], {
        stage: 'test',
        limitMs: 10_000,
      })
    ).stdout.trim()
  await git('init', '--quiet')
  writeFileSync(join(tree, '.gitignore'), '*.o\n*.h\n')
  await git('add', '--all', '--force')
  await git('commit', '--quiet', '-m', 'one')
  const one = (await build()).kernel
  const file = join(tree, 'kernel/irq/manage.c')
  writeFileSync(file, readFileSync(file, 'utf8').replace('irq + 1', 'irq + 2'))
  const changed = await build()
  t.same(changed.compiled, ['kernel/irq/manage.o'])
  const at = parseBuildBase(`tree:${tree},commit=HEAD`)
  const committed = await buildKernel({ base: at, patches: [] }, cache, (line) => said.push(line))
  t.equal(committed.bzImage, one.bzImage, 'equal content is built once')
  const none = parseBuildBase(`tree:${tree},commit=nonesuch`)
  await t.rejects(
    buildKernel({ base: none, patches: [] }, cache, () => undefined),
    UsageError,
  )
  t.equal(await git('status', '--porcelain'), 'M kernel/irq/manage.c')
})

await t.test(
  'what a death has left is put right: a lock of git, half a checkout, half an object',
  async (t) => {
    const { build, patch, work } = toy(t.testdir())
    const whole = await build()
    const tree = work()
    writeFileSync(join(tree.git, 'index.lock'), '')
    writeFileSync(join(tree.src, 'kernel/irq/manage.c'), 'half of a checkout')
    writeFileSync(join(tree.src, 'kernel/irq/new.c'), 'of a patch that is not wanted now')
    const fix = patch('fix.patch', GOOD_PATCH)
    t.same((await build(fix)).compiled.toSorted(), ['kernel/irq/manage.o', 'kernel/irq/migration.o'])
    t.notOk(existsSync(join(tree.src, 'kernel/irq/new.c')))
    t.notOk(existsSync(join(tree.git, 'index.lock')))

    // A make that was killed: what it has half-written is newer than its marker.
    writeFileSync(join(tree.obj, '.irqlab-at-work'), '')
    writeFileSync(join(tree.obj, 'init.o'), 'half')
    await pruneProducts()
    const again = await build()
    t.ok(again.compiled.includes('init.o'))
    t.notOk(again.compiled.includes('kernel/irq/manage.o'))
    t.equal(again.kernel.sha256, whole.kernel.sha256)

    async function pruneProducts() {
      await pruneImages(
        openCache(join(tree.dir, '..')),
        () => undefined,
        ({ name }) => name.startsWith('tree-'),
      )
    }
  },
)

await t.test('an option that cannot be had is named', async (t) => {
  const { tree, cache, patch } = toy(t.testdir())
  const base = parseBuildBase(`tree:${tree}`)
  const config = patch('mine.config', 'CONFIG_HZ_250=y\n\n# why\nCONFIG_NO_SUCH=y\n')
  await t.rejects(
    buildKernel({ base, patches: [], config }, cache, () => undefined),
    {
      message: /mine\.config:4: CONFIG_NO_SUCH=y cannot be had in Linux 6\.12\.99: there is no such option/,
    },
  )
})

await t.test('two at once build once; a tree in use is not pruned', async (t) => {
  const { build, cache, work, said } = toy(t.testdir())
  const [a, b] = await Promise.all([build(), build()])
  t.equal(a.kernel.bzImage, b.kernel.bzImage)
  t.equal(said.filter((line) => line.startsWith('built ')).length, 1)
  const tree = work()
  await withTree(
    tree,
    () => undefined,
    async () => {
      await pruneImages(cache, (line) => said.push(line))
    },
  )
  t.ok(existsSync(tree.src))
  t.match(said.at(-1), /stays: a kernel is being built there/)
  t.notOk(existsSync(a.kernel.bzImage))
  await pruneImages(cache, () => undefined)
  t.notOk(existsSync(tree.dir))
})
