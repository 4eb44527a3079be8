import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Scope } from '../base/scope.ts'
import { makeWorkdir } from './workdir.ts'

await t.test('a working directory is ours alone and goes with its scope, full or not', async (t) => {
  const scope = new Scope()
  const path = await makeWorkdir(scope)
  t.equal(statSync(path).mode & 0o777, 0o700)
  t.not(await makeWorkdir(scope), path)
  mkdirSync(join(path, 'a'))
  writeFileSync(join(path, 'a', 'b'), 'full')
  t.same(await scope.end(), [])
  t.equal(existsSync(path), false)
})

await t.test('a base that is too deep for sockets, or missing, is trouble with a remedy', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const deep = join(await makeWorkdir(scope), 'x'.repeat(60))
  mkdirSync(deep)
  await t.rejects(makeWorkdir(scope, deep), { name: 'Trouble', stage: 'host.workdir', lasting: true })
  await t.rejects(makeWorkdir(scope, '/no/such/base'), { name: 'Trouble', hint: /TMPDIR/ })
})
