/** What a patch changes, with real guests and verdicts on both sides; only the compiler is spared. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { recordSchema } from '../record/run-record.ts'
import { type Called, irqlab, makePlace } from './irqlab-fixture.ts'
import { toyIrqlab } from './toy-irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())
const cache = process.env['IRQLAB_CACHE']

function tryPatch(base: string, patch: string, ...more: readonly string[]): Promise<Called> {
  const file = join(place.dir, 'fix.patch')
  writeFileSync(file, patch)
  const args = ['try', '--patch', file, '--base', base, '--seed', '7', '--results', place.results, ...more]
  const env = cache === undefined ? {} : { env: { IRQLAB_CACHE: cache } }
  return irqlab(place, args, { program: toyIrqlab(), limitMs: 400_000, ...env })
}

await t.test('what was violated and is held now is better; both sides are in one campaign', async (t) => {
  const { status, stdout, stderr } = await tryPatch('bad', 'good', '--json')
  t.equal(status, 0, stderr)
  const told = JSON.parse(stdout) as { readonly rows: readonly { readonly change: string }[] }
  t.match(told, {
    schema: 'irqlab.comparison/1',
    verdict: 'better',
    seed: 7,
    base: { source: 'bad', kernel: { source: 'toy:bad' }, attempts: [{ outcome: 'fail' }] },
    patched: { kernel: { source: 'toy:good' }, attempts: [{ outcome: 'pass' }] },
  })
  t.match(
    told.rows.find(({ change }) => change === 'better'),
    { base: { state: 'violated' }, patched: { state: 'held' } },
  )
  const better = told.rows.filter(({ change }) => change === 'better').length
  t.match(stderr, new RegExp(`^better with the patch, and nothing is worse: .*\\b${better} better`, 'm'))
  const dir = /comparison\.json in (.*)$/m.exec(stderr)?.[1] ?? ''
  t.same(JSON.parse(readFileSync(join(dir, 'comparison.json'), 'utf8')), told)
  const paths = [.../"record": "(.*)"/g[Symbol.matchAll](stdout)].map(([, path]) => path ?? '')
  t.equal(paths.length, 2)
  const seeds = paths.map(
    (path) => recordSchema.parse(JSON.parse(readFileSync(join(place.results, path), 'utf8'))).seed,
  )
  t.same(seeds, [7, 7], 'both make the same choices')
})

await t.test('what was held and is violated is worse, and so is a kernel that boots no more', async (t) => {
  const violated = await tryPatch('good', 'bad')
  t.equal(violated.status, 1, violated.stderr)
  t.match(violated.stdout, /✗ worse +[a-z-]+: held -> violated/)
  const lost = await tryPatch('good', 'no-boot')
  t.equal(lost.status, 1, lost.stderr)
  t.match(lost.stdout, /✗ worse +kernel: reached -> (crashed at kernel|lost at boot\.\w+)/)
})

await t.test('a patch that does not compile is trouble of its own', async (t) => {
  const { status, stdout, stderr } = await tryPatch('good', 'no-build')
  t.equal(status, 2)
  t.equal(stdout, '')
  t.match(stderr, /^irqlab: the kernel does not compile: /m)
})
