import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { askHistory } from './ask-history.ts'
import { campaignsIn, missedIn, unreadableIn } from './campaigns.ts'
import { indexPath } from './index-file.ts'
import { linesIn } from './lines.ts'
import { nightName, type NightRun, writeNight } from './night-fixture.ts'

const home = mkdtempSync(join(tmpdir(), 'irqlab-history-'))
const cache = join(home, 'cache')
t.teardown(() => rmSync(home, { recursive: true, force: true }))
// What was just written is looked at again each time: for these tests it was written long ago.
const now = Date.now.bind(Date)
Date.now = () => now() + 10_000
process.env['IRQLAB_CACHE'] = cache

const pass: NightRun = { scenario: 'a', outcome: 'pass' }
let count = 0

/** Results with these nights. */
function resultsWith(...nights: readonly (readonly NightRun[])[]): string {
  const results = join(home, `results-${++count}`)
  mkdirSync(results)
  for (const [at, runs] of nights.entries()) writeNight(results, at + 1, runs)
  return results
}

/** All outcomes as `scenario: outcome outcome`, what a person was told, and how many runs were read for it. */
async function outcomes(results: string, rebuild = false) {
  const told: string[] = []
  let read = 0
  const tellUpdate = (_done: number, _of: number, runs: number) => (read = runs)
  const answer = await askHistory(
    { results, rebuild, tell: (line) => told.push(line), tellUpdate },
    (index) => ({
      lines: linesIn(index, { limit: 100 }).map(
        ({ scenario, runs }) => `${scenario}: ${runs.map(({ outcome }) => outcome).join(' ')}`,
      ),
      unreadable: unreadableIn(index),
      campaigns: campaignsIn(index),
    }),
  )
  return { ...answer, told, read }
}

await t.test('only what changed is read again; what was removed leaves', async (t) => {
  const results = resultsWith([pass, { scenario: 'b', outcome: 'fail' }], [pass])
  t.match(await outcomes(results), { lines: ['a: pass pass', 'b: fail'], read: 3, told: [] })
  t.match(await outcomes(results), { lines: ['a: pass pass', 'b: fail'], read: 0 })
  writeNight(results, 3, [{ scenario: 'a', outcome: 'fail' }])
  t.match(await outcomes(results), { lines: ['a: pass pass fail', 'b: fail'], read: 1 })
  rmSync(join(results, nightName(1)), { recursive: true })
  const left = await outcomes(results)
  t.same(left.lines, ['a: pass fail'])
  t.equal(left.read, 0)
  rmSync(join(results, nightName(2), 'a'), { recursive: true })
  t.same((await outcomes(results)).lines, ['a: fail'], 'a part of a campaign that has ended')
})

await t.test('a campaign that goes on is followed run by run', async (t) => {
  const results = resultsWith()
  writeNight(results, 1, [pass], { ended: false, planned: ['b'] })
  const first = await outcomes(results)
  t.match(first, { lines: ['a: pass'], read: 1, campaigns: [{ planned: 2, endedMs: undefined }] })
  writeNight(results, 1, [pass, { scenario: 'b', outcome: 'fail' }], { ended: false })
  const second = await outcomes(results)
  t.match(second, { lines: ['a: pass', 'b: fail'] })
  t.ok(second.read <= 2)
  writeNight(results, 1, [{ ...pass, earlier: ['broken'] }], { ended: true })
  t.match(await outcomes(results), { lines: ['a: pass', 'b: fail'] }, 'a second attempt is of the same run')
})

await t.test('runs that were not run are told', async (t) => {
  const results = resultsWith()
  writeNight(results, 1, [pass], { ended: false, planned: ['b', 'c'] })
  mkdirSync(join(results, nightName(1), 'c', '6.1.0', 'plain', 'attempt-1.partial'), { recursive: true })
  const missed = await askHistory({ results, tell: () => undefined }, (index) => missedIn(index, 1))
  t.match(missed, [{ scenario: 'b' }, { scenario: 'c', kernel: 'debian:6.1', machine: 'plain' }])
})

await t.test('a record that cannot be read is named, and the others count', async (t) => {
  const results = resultsWith([pass, { scenario: 'b', outcome: 'pass' }, { scenario: 'c', outcome: 'pass' }])
  const file = (scenario: string) =>
    join(results, nightName(1), scenario, '6.1.0', 'plain', 'attempt-1', 'record.json')
  truncateSync(file('b'), 200)
  writeFileSync(file('c'), '{"schema":"irqlab.record/9"}')
  const { lines, unreadable } = await outcomes(results)
  t.same(lines, ['a: pass'])
  t.match(unreadable, [
    { path: `${nightName(1)}/b/6.1.0/plain/attempt-1/record.json`, why: /JSON/ },
    { path: /\/c\//, why: /schema/ },
  ])
  writeNight(results, 1, [{ scenario: 'b', outcome: 'fail' }])
  t.match(
    await outcomes(results),
    { lines: ['a: pass', 'b: fail'], unreadable: [{ path: /\/c\// }] },
    'put right',
  )
})

await t.test('a run whose last attempt cannot be read is not what the first came to', async (t) => {
  const results = resultsWith([{ ...pass, earlier: ['broken'] }])
  const last = join(results, nightName(1), 'a', '6.1.0', 'plain', 'attempt-2', 'record.json')
  writeFileSync(last, 'gone')
  t.match(await outcomes(results), { lines: [], unreadable: [{ path: /attempt-2/ }] })
})

await t.test('whatever is wrong with the file: it is made anew, and the answer is right', async (t) => {
  const results = resultsWith(
    Array.from({ length: 300 }, (_, at) => ({ scenario: `s${at}`, outcome: 'pass' })),
  )
  const expected = (await outcomes(results)).lines
  t.equal(expected.length, 300)
  const path = indexPath(results)
  const wrongs: readonly (readonly [string, () => void])[] = [
    [
      'garbage',
      () => writeFileSync(path, 'no database at all, by any means, not even nearly one'.repeat(99)),
    ],
    ['cut', () => truncateSync(path, Math.floor(statSync(path).size / 2))],
    ['a page overwritten', () => overwrite(path)],
    ['another version', () => changed(path, 'PRAGMA user_version = 99')],
    ['of somebody else', () => changed(path, 'PRAGMA application_id = 1')],
    ['a table gone', () => changed(path, 'DROP TABLE unreadable')],
    ['a text of ours changed', () => changed(path, "UPDATE campaign SET marks = '[[1'")],
  ]
  for (const [what, damage] of wrongs) {
    damage()
    const { lines, told } = await outcomes(results)
    t.same(lines, expected, what)
    t.match(told, [/damaged and is made anew/], what)
    t.same((await outcomes(results)).told, [], `${what}: it is well again`)
  }
  writeFileSync(path, '')
  t.same((await outcomes(results)).lines, expected, 'empty')
  rmSync(path)
  t.same((await outcomes(results)).lines, expected, 'gone')
  appendFileSync(`${path}-journal`, 'what a writer that was killed left')
  t.same((await outcomes(results)).lines, expected, 'a journal')
  t.equal((await outcomes(results, true)).read, 300, 'on demand')
})

function overwrite(path: string): void {
  const file = openSync(path, 'r+')
  const size = statSync(path).size
  for (let at = 4096; at < size; at += 4096) writeSync(file, Buffer.alloc(64, 0x5a), 0, 64, at)
}

function changed(path: string, sql: string): void {
  const index = new DatabaseSync(path)
  index.exec(sql)
  index.close()
}

await t.test('without a place for the file the records are read for the answer alone', async (t) => {
  const results = resultsWith([pass])
  writeFileSync(join(home, 'file'), '')
  process.env['IRQLAB_CACHE'] = join(home, 'file')
  const { lines, told } = await outcomes(results)
  process.env['IRQLAB_CACHE'] = cache
  t.same(lines, ['a: pass'])
  t.match(told, [/no index can be kept/])
})

await t.test('a file that another irqlab keeps locked is done without', async (t) => {
  const results = resultsWith([pass])
  await outcomes(results)
  const other = new DatabaseSync(indexPath(results))
  other.exec('BEGIN EXCLUSIVE')
  const { lines, told } = await outcomes(results)
  other.close()
  t.same(lines, ['a: pass'])
  t.match(told, [/locked/])
})

await t.test('campaigns of several machines, each in a directory, and by a link', async (t) => {
  const results = resultsWith()
  mkdirSync(join(results, 'runner-1'))
  writeNight(join(results, 'runner-1'), 1, [pass])
  mkdirSync(join(results, 'notes', 'of', 'nobody'), { recursive: true })
  writeFileSync(join(results, 'README.md'), '')
  t.match(await outcomes(results), { lines: ['a: pass'], campaigns: [{ name: `runner-1/${nightName(1)}` }] })
  await t.rejects(outcomes(join(results, 'runner-1', nightName(1))), /is a campaign: give the directory/)
})

await t.test('nothing is written to the results', async (t) => {
  const results = resultsWith([pass])
  const before = readdirSync(results, { recursive: true }).length
  await outcomes(results)
  t.equal(readdirSync(results, { recursive: true }).length, before)
  t.equal(dirname(indexPath(results)), join(cache, 'history'))
})
