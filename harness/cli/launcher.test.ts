import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import t from 'tap'
import { exchange } from '../host/exchange.ts'
import { BIN, makePlace } from './irqlab-fixture.ts'

const { isNewEnough } = createRequire(import.meta.url)('../launch.cjs') as {
  isNewEnough: (version: string) => boolean
}
const place = makePlace()
t.teardown(() => place.remove())

/** Makes a Node say that it is another version. */
const pretend = join(place.dir, 'pretend.cjs')
writeFileSync(
  pretend,
  `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })`,
)

t.same(
  ['12.22.9', '18.20.4', '20.20.2', '22.17.1', '22.18.0', '22.18', '24.0.0', '100.1.0'].filter(isNewEnough),
  ['22.18.0', '22.18', '24.0.0', '100.1.0'],
)

await t.test('the launchers can be read by a Node that is far too old', async (t) => {
  for (const name of ['irqlab.cjs', 'launch.cjs', 'setup.cjs']) {
    const text = readFileSync(resolve(import.meta.dirname, '..', name), 'utf8').replaceAll(
      /\/\*[\s\S]*?\*\//g,
      '',
    )
    t.notMatch(text, /\?\?|\?\.|=>|require\('node:|\bawait\b/, name)
  }
})

await t.test('an old Node hands over to the one that the project brings', async (t) => {
  const old = [process.execPath, '--require', pretend, BIN] as const
  const { status, stdout, stderr } = await exchange([...old, 'list', '--json'], {
    stage: 'test',
    limitMs: 20_000,
  })
  t.equal(status, 0, stderr)
  t.match(JSON.parse(stdout), { schema: 'irqlab.list/2' })
  const bad = await exchange([...old, 'run', 'nope'], {
    stage: 'test',
    limitMs: 20_000,
  })
  t.equal(bad.status, 64, 'the exit code comes through')
  t.match(bad.stderr, /^irqlab: unknown scenario "nope"[^\n]*\n$/)
})

await t.test('without one it says in a line what it needs', async (t) => {
  const harness = join(place.dir, 'harness')
  mkdirSync(harness)
  for (const name of ['irqlab.cjs', 'launch.cjs']) {
    copyFileSync(resolve(import.meta.dirname, '..', name), join(harness, name))
  }
  const argv = [process.execPath, '--require', pretend, join(harness, 'irqlab.cjs'), 'list'] as const
  const { status, stdout, stderr } = await exchange(argv, { stage: 'test', limitMs: 20_000 })
  t.equal(status, 2)
  t.equal(stdout, '')
  t.match(stderr, /^irqlab: needs Node >= 22\.18, this is 18\.20\.4: run `npm ci` in [^\n]*\n$/)
})
