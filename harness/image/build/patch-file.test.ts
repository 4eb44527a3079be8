/** What counts as a patch, and where a hunk of it is. */
import t from 'tap'
import { UsageError } from '../../base/errors.ts'
import { findHunk, hasChanges, readPatchFile } from './patch-file.ts'
import { GOOD_PATCH, STALE_PATCH } from './toy-tree-fixture.ts'

await t.test('changes with and without hunks', (t) => {
  t.ok(hasChanges(GOOD_PATCH))
  t.ok(hasChanges(GOOD_PATCH.replaceAll('\n', '\r\n')))
  t.ok(hasChanges('diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n'))
  t.ok(hasChanges('diff --git a/x b/x\nnew file mode 100644\nindex 000..e69\n'))
  t.notOk(hasChanges('--- a heading\n+++ another\nand text\n'))
  t.notOk(hasChanges(''))
  t.end()
})

await t.test('a file that is none says what it seems to be', (t) => {
  const dir = t.testdir({
    empty: '',
    packed: Buffer.from([0x1f, 0x8b, 8, 0]),
    mail: `From: a@example.org\n\n${GOOD_PATCH}`,
    text: 'x',
  })
  t.equal(readPatchFile(`${dir}/mail`).isMail, true)
  for (const [name, message] of [
    ['empty', /empty is no patch \(it is empty\)/],
    ['packed', /packed is no patch \(it is packed by gzip\)/],
    ['text', /text is no patch: it has no/],
    ['nonesuch', /no such file/],
    ['.', /it is a directory/],
  ] as const) {
    t.throws(() => readPatchFile(`${dir}/${name}`), { constructor: UsageError, message }, name)
  }
  t.end()
})

await t.test('a hunk is found by the file and its old line', (t) => {
  const dir = t.testdir({ two: `${STALE_PATCH}${GOOD_PATCH.replaceAll('migration.c', 'manage.c')}` })
  const patch = readPatchFile(`${dir}/two`)
  t.same(findHunk(patch, 'kernel/irq/migration.c', 10), { number: 2, of: 2, line: 10 })
  t.same(findHunk(patch, 'kernel/irq/manage.c', 3), { number: 1, of: 1, line: 18 })
  t.equal(findHunk(patch, 'kernel/irq/manage.c', 10), undefined)
  t.end()
})
