/** What can be built upon, and what one clear line says of all else. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { UsageError } from '../../base/errors.ts'
import { parseBuildBase } from './build-base.ts'
import { parseBuiltSource } from './built-source.ts'
import { GOOD_PATCH, writeToyTree } from './toy-tree-fixture.ts'

await t.test('a series, or a version', (t) => {
  t.match(parseBuildBase('debian-source:6.12'), { kind: 'debian-source', series: '6.12', version: undefined })
  for (const text of ['debian-source:7.3.4-1~bpo13+1', 'debian-source:7.3=7.3.4-1~bpo13+1']) {
    t.match(parseBuildBase(text), { text, series: '7.3', version: '7.3.4-1~bpo13+1' })
  }
  for (const text of [
    '',
    'mainline',
    'debian:6.1',
    'debian-source:',
    'debian-source:6',
    'debian-source:6.12.117',
    'debian-source:6.1=6.12.117-1',
  ]) {
    t.throws(() => parseBuildBase(text), UsageError, text)
  }
  t.end()
})

await t.test('a tree, or a commit of one', (t) => {
  const dir = t.testdir()
  writeToyTree(dir)
  t.match(parseBuildBase(`tree:${dir}`), { kind: 'tree', dir, commit: undefined })
  t.match(parseBuildBase(`tree:${dir},commit=v6.12~3`), { kind: 'tree', dir, commit: 'v6.12~3' })
  const other = join(dir, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'Makefile'), 'all:\n')
  for (const [text, message] of [
    ['tree:', /give the directory of a Linux source tree/],
    ['tree:/nonesuch', /\/nonesuch is not there/],
    [`tree:${other}`, /is no Linux source tree/],
    [`tree:${join(dir, 'Makefile')}`, /is no directory/],
    [`tree:${dir},commit=`, /"" is no name of a commit/],
    [`tree:${dir},commit=--all`, /"--all" is no name of a commit/],
  ] as const) {
    t.throws(() => parseBuildBase(text), { constructor: UsageError, message }, text)
  }
  t.end()
})

await t.test('as a value of --kernel: with patches, in order', (t) => {
  const dir = t.testdir({
    'a.patch': GOOD_PATCH,
    'b,c.patch': GOOD_PATCH,
    'my.config': '',
    'no.patch': 'text',
  })
  const text = `debian-source:6.12,patch=${dir}/a.patch,patch=${dir}/b,c.patch,config=${dir}/my.config`
  const patches = [`${dir}/a.patch`, `${dir}/b,c.patch`]
  t.match(parseBuiltSource(text), {
    kind: 'built',
    text,
    base: { series: '6.12' },
    patches,
    config: `${dir}/my.config`,
  })
  for (const bad of [
    'debian-source:6',
    'debian-source:6.12,patch=',
    `debian-source:6.12,patch=${dir}/nonesuch`,
    `debian-source:6.12,patch=${dir}/no.patch`,
    `debian-source:6.12,config=${dir}/nonesuch`,
    'debian-source:6.12,modules=x',
  ]) {
    t.throws(
      () => parseBuiltSource(bad),
      { constructor: UsageError, message: /^--kernel debian-source:6/ },
      bad,
    )
  }
  t.end()
})
