import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageVersion } from '../base/package-version.ts'
import { irqlabVersion, sourcesHash, versionOf } from './irqlab-version.ts'

await t.test('a commit alone names a clean tree', (t) => {
  const never = (): string => {
    throw new Error('no hash is asked for')
  }
  t.equal(versionOf({ commit: 'abc', dirty: false }, '1.2.3', never), 'abc')
  t.equal(
    versionOf({ commit: 'abc', dirty: true }, '1.2.3', () => 'ff'),
    'abc+ff',
  )
  t.equal(
    versionOf(undefined, '1.2.3', () => 'ff'),
    '1.2.3+ff',
  )
  t.match(packageVersion(), /^\d+\.\d+\.\d+$/)
  t.end()
})

await t.test('this irqlab has a name, and the same one twice', async (t) => {
  t.match(await irqlabVersion(), /^(?:[0-9a-f]{40}|\d+\.\d+\.\d+(?=\+))(?:\+[0-9a-f]{12})?$/)
  t.equal(await irqlabVersion(), await irqlabVersion())
})

await t.test('a source that changes makes another name, a test does not', (t) => {
  const root = t.testdir({ harness: { 'a.ts': '1', 'a.test.ts': '1' }, scenarios: { 'b.ts': '1' } })
  const asIf = (name: string, text: string): string => {
    writeFileSync(join(root, name), text)
    return sourcesHash(root)
  }
  const first = asIf('harness/a.ts', '1')
  t.equal(asIf('harness/a.test.ts', '2'), first)
  t.equal(asIf('harness/x-fixture.ts', '2'), first)
  const second = asIf('scenarios/b.ts', '2')
  t.not(second, first)
  t.not(asIf('harness/new.ts', ''), second)
  t.end()
})
