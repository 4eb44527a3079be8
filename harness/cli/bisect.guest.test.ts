/** A whole bisection with real git, guests and verdicts (only the compiler is spared), and all the ways in which it may be ended. */
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { git } from '../campaign/bisect/git.ts'
import { toyHistory } from '../campaign/bisect/git-history-fixture.ts'
import { openCache } from '../image/cache.ts'
import { recordSchema } from '../record/run-record.ts'
import { type Called, irqlab, makePlace, type Place } from './irqlab-fixture.ts'
import { gone, said, start, treeOf } from './leftovers-fixture.ts'
import { TOYS } from './toy-builder-fixture.ts'
import { toyIrqlab } from './toy-irqlab-fixture.ts'

/** Twelve commits, the fault in number 8; number 5 does not build, 6 does not boot: git asks both. */
const NATURES = 'good good good good good no-build no-boot good bad bad bad bad'.split(' ')
const toy = await toyHistory(NATURES)
t.teardown(() => toy.remove())

/** With the images as they are, so that what a bisection keeps there goes with the test. */
function placeWithImages(): Place {
  const place = makePlace()
  place.made.push(TOYS)
  mkdirSync(place.cache)
  const { dir } = openCache()
  for (const name of readdirSync(dir).filter((image) => /^(kernel|micro|memory)-/.test(image)))
    symlinkSync(join(dir, name), join(place.cache, name))
  return place
}

function args(place: Place, good = '', bad = ''): readonly string[] {
  const ends = ['--tree', toy.tree, '--good', good, '--bad', bad]
  return ['bisect', ...ends, '--scenario', 'follows-the-toy', '--runs', '1', '--results', place.results]
}
const whole = (place: Place) => args(place, toy.shas[0], toy.shas[11])

function call(place: Place, words: readonly string[]): Promise<Called> {
  return irqlab(place, words, { program: toyIrqlab(), limitMs: 400_000 })
}

interface Document {
  readonly outcome: string
  readonly record: string
  readonly results: string
  readonly steps: readonly { readonly sha: string; readonly finding: string; readonly step: number }[]
}

await t.test('killed and interrupted on its way, it goes on, and finds the commit', async (t) => {
  const place = placeWithImages()
  t.teardown(() => place.remove())
  // Killed in the second kernel: the first one is known.
  const killed = await start(place, whole(place), {
    program: toyIrqlab(),
    env: { IRQLAB_CACHE: place.cache },
  })
  await said(killed, /^step 1 +bad [^]*step 2, [0-9a-f]{12} .*: run 1 of 1: /m, 200_000)
  const first = treeOf(killed.child.pid)
  killed.child.kill('SIGKILL')
  t.same((await gone(place, killed, first)).left, [], 'SIGKILL leaves nothing half-made')
  const logs = readdirSync(place.results).flatMap((dir) => readdirSync(join(place.results, dir)))
  t.ok(logs.includes('steps.log'), 'what was found is there to be read')

  const stopped = await start(place, whole(place), {
    program: toyIrqlab(),
    env: { IRQLAB_CACHE: place.cache },
  })
  await said(stopped, /^step 2 +good [^]*step [345], [0-9a-f]{12} .*: run 1 of 1/m, 200_000)
  const second = treeOf(stopped.child.pid)
  stopped.child.kill('SIGINT')
  t.same(await new Deadline('test', 'end by SIGINT', 5000).race(stopped.child.exited), {
    code: 130,
    signal: null,
  })
  t.match(stopped.stderr(), /going on with a bisection of 11 commits, of which 1 kernels are judged already/)
  t.match(
    stopped.stderr(),
    /^irqlab: interrupted by SIGINT; [2-4] kernels are judged; the same command goes on/m,
  )
  t.same((await gone(place, stopped, second)).left, [])

  const { status, stdout, stderr } = await call(place, [...whole(place), '--json'])
  t.equal(status, 0, stderr)
  const found = JSON.parse(stdout) as Document
  t.match(found, {
    outcome: 'found',
    commit: { sha: toy.shas[8], subject: 'irq: step 8', author: /^A\. Hacker/ },
  })
  t.match(stderr, new RegExp(`^the first bad commit is ${toy.shas[8]}$`, 'm'))
  const shas = found.steps.map(({ sha }) => sha)
  t.equal(new Set(shas).size, shas.length, 'no kernel was judged twice')
  t.same(
    found.steps.map(({ sha }) => found.steps.find((step) => step.sha === sha)?.finding),
    found.steps.map(({ sha }) => findingOf(sha)),
  )
  t.ok(
    found.steps.some(({ finding }) => finding === 'unbuildable') &&
      found.steps.some(({ finding }) => finding === 'unbootable'),
  )

  const record = recordSchema.parse(JSON.parse(readFileSync(join(place.results, found.record), 'utf8')))
  t.match(record, { outcome: 'fail', scenario: 'follows-the-toy' })
  t.match(record.run, toy.shas[8]?.slice(0, 12))
  t.equal(
    readFileSync(join(found.results, 'steps.log'), 'utf8').trim().split('\n').length,
    shas.length,
    'a line a step',
  )
  t.match(JSON.parse(readFileSync(join(found.results, 'bisect.json'), 'utf8')), { outcome: 'found' })
  // The user's own git takes our log, and comes to the same end.
  await git(toy.tree, ['bisect', 'replay', join(found.results, 'git-bisect.log')])
  t.match(await git(toy.tree, ['bisect', 'log']), `# first bad commit: [${toy.shas[8]}]`)
  await git(toy.tree, ['bisect', 'reset'])

  const again = await call(place, whole(place))
  t.equal(again.status, 0)
  t.match(again.stdout, `the first bad commit is ${toy.shas[8]}`)
  t.equal(
    readdirSync(found.results).filter((name) => /-\d\d-/.test(name)).length,
    records(found),
    'all is known: nothing was run',
  )
})

/** The kernels that were run; those that do not build have no directory. */
function records(found: Document): number {
  return found.steps.filter(({ finding }) => finding !== 'unbuildable').length
}

function findingOf(sha: string): string {
  const nature = NATURES[toy.shas.indexOf(sha)] ?? ''
  return { 'no-build': 'unbuildable', 'no-boot': 'unbootable' }[nature] ?? nature
}

await t.test('ends that are not what they are said to be: one line, and nothing is searched', async (t) => {
  const place = placeWithImages()
  t.teardown(() => place.remove())
  const notBad = await call(place, args(place, toy.shas[0], toy.shas[1]))
  t.equal(notBad.status, 64)
  t.match(notBad.stderr, /^irqlab: --bad [0-9a-f]{12} is not bad: it passed 1 of 1 runs/m)
  const unjudged = await call(place, args(place, toy.shas[5], toy.shas[11]))
  t.equal(unjudged.status, 2)
  t.match(unjudged.stderr, /^irqlab: --good [0-9a-f]{12} cannot be judged, .*does not compile/m)
})
