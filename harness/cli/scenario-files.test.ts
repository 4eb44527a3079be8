import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import { knownOn } from '../scenario/known-failure.ts'
import { makePlace } from './irqlab-fixture.ts'
import { allScenarios, scenariosNamed } from './scenario-files.ts'

const DOOR = new URL('../index.ts', import.meta.url).href

/** A directory with one scenario file of this text. */
async function load(text: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const place = makePlace()
  for (const [name, content] of Object.entries({ 'moving/one.ts': text, ...more })) {
    mkdirSync(dirname(join(place.dir, name)), { recursive: true })
    writeFileSync(join(place.dir, name), content)
  }
  try {
    return await allScenarios(place.dir)
  } finally {
    place.remove()
  }
}

const good = (name: string): string =>
  `import { scenario } from '${DOOR}'
  export default scenario({ name: '${name}', question: 'Why?', machine: 'plain', needs: [], async run() {} })`

await t.test('the folder is the list', async (t) => {
  const found = await load(good('one'), { 'pending/two.ts': good('two'), 'README.md': '#' })
  t.match(found, [
    { topic: 'pending', scenario: { name: 'two' } },
    { topic: 'moving', scenario: { name: 'one', machine: { cpus: 4 } } },
  ])
  await t.rejects(load(good('one'), { 'two.ts': good('two') }), {
    name: 'UsageError',
    message: /two\.ts: a scenario is in a folder of its topic: write-path, /,
  })
})

await t.test('named ones come in the order asked for', async (t) => {
  const names = (await scenariosNamed(['quiet-queue', 'deferred-move'])).map(({ scenario }) => scenario.name)
  t.same(names, ['quiet-queue', 'deferred-move'])
  const all = await allScenarios()
  const isRegression = (at: number) => all[at]?.topic === 'regressions'
  t.same(
    await scenariosNamed([]),
    all.filter((_, at) => !isRegression(at)),
    'none named: all but the regressions',
  )
  const regressions = all.filter((_, at) => isRegression(at))
  t.ok(regressions.length >= 2)
  t.same(await scenariosNamed(['regressions']), regressions, 'which have a name together')
  t.same(await scenariosNamed(['eio-eperm']), [
    regressions.find(({ scenario }) => scenario.name === 'eio-eperm'),
  ])
  t.same(
    await scenariosNamed(['pending']),
    all.filter(({ topic }) => topic === 'pending'),
    'as every topic has',
  )
  await t.rejects(scenariosNamed(['quiet']), {
    name: 'UsageError',
    message: 'unknown scenario "quiet"; did you mean "quiet-queue"?; see `irqlab list`',
  })
})

await t.test("a file of the user's own is named by its path", async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const file = join(place.dir, 'mine.ts')
  writeFileSync(file, good('mine'))
  t.match(await scenariosNamed([file, 'deferred-move']), [
    { file, scenario: { name: 'mine' } },
    { scenario: { name: 'deferred-move' } },
  ])
  writeFileSync(join(place.dir, 'bad.ts'), 'export const x = 1')
  await t.rejects(scenariosNamed([join(place.dir, 'bad.ts')]), {
    name: 'UsageError',
    message: /bad\.ts has no scenario/,
  })
})

await t.test('a regression is declared to fail on the one kernel, and not on the other', async (t) => {
  for (const { scenario } of await scenariosNamed(['regressions'])) {
    const covers = (kernel = '') =>
      knownOn(parseKernelRelease(kernel.replace(/^debian:/, '')), scenario.known).length > 0
    t.ok(covers(scenario.bracket?.violated), `${scenario.name} on ${scenario.bracket?.violated}`)
    t.notOk(covers(scenario.bracket?.held), `${scenario.name} on ${scenario.bracket?.held}`)
  }
})

await t.test('a bad scenario file is bad usage that names the file', async (t) => {
  const bad: [text: string, says: RegExp][] = [
    ['export default scenario({', /one\.ts: .*/],
    ['export const x = 1', /one\.ts has no scenario as its default export/],
    ['export default 5', /one\.ts has no scenario/],
    ["import './no-such-file.ts'", /one\.ts: .*no-such-file/],
    ["throw new Error('at load')", /one\.ts: at load/],
    [good('Bad Name'), /one\.ts: .*small letters/],
    [good('one').replace('Why?', 'Why'), /one\.ts: .*question mark/],
    [good('one').replace("'plain'", "'plane'"), /one\.ts: .*machine "plane"/],
    [good('one').replace('needs: []', "needs: ['luck']"), /one\.ts: .*needs/],
  ]
  for (const [text, says] of bad) {
    await t.rejects(load(text), { name: 'UsageError', message: says }, text)
  }
  await t.rejects(load(good('same'), { 'pending/two.ts': good('same') }), {
    name: 'UsageError',
    message: /: another scenario has the name "same"/,
  })
})
