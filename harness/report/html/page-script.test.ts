import { Script } from 'node:vm'
import t from 'tap'
import { pageScript } from './page-script.ts'

const text = pageScript('page/report.ts')

await t.test('one text without types, imports and exports, that an engine reads', async (t) => {
  t.notMatch(text, /^(?:import|export)\b/m)
  // As the body of a strict function it is read like a module's, without being run.
  t.doesNotThrow(() => new Script(`'use strict'; (() => { ${text}\n})`))
})

await t.test('no two files use one name at their top: in one module that is an error', async (t) => {
  const names = [...text.matchAll(/^(?:async )?(?:function|const|let|class) ([\w$]+)/gm)].map(
    ([, name]) => name,
  )
  t.ok(names.length > 40)
  t.same(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  )
})

await t.test('what a file needs stands before it', async (t) => {
  t.ok(text.indexOf('function rowsOf(') < text.indexOf('function layOut('))
  t.ok(text.indexOf('function layOut(') < text.indexOf('function picture('))
  t.equal(text.split(/^function element\b/m).length, 2, 'each file once')
})
