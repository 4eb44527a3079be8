import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DURATIONS_FILE, durationsText, kindOf, readDurations, withDurations } from './durations.ts'

const kind = { scenario: 'deferred-move', kernel: '6.1.0-1', machine: 'plain' }

await t.test('what was written is read again, the one seen last at the end', async (t) => {
  const results = t.testdir()
  const other = { ...kind, scenario: 'quiet-queue' }
  const once = withDurations(new Map(), [
    { ...kind, ms: 8000 },
    { ...other, ms: 100 },
  ])
  const twice = withDurations(once, [{ ...kind, ms: 4000 }])
  writeFileSync(join(results, DURATIONS_FILE), durationsText(twice))
  const read = readDurations(results)
  t.same(
    [...read],
    [
      [kindOf(other), 100],
      [kindOf(kind), 6000],
    ],
    'half new, half old',
  )
  t.same([...once.values()], [8000, 100], 'and what was given is as it was')
})

await t.test('kinds differ in each of their parts', async (t) => {
  const kinds = [kind, { ...kind, scenario: 'x' }, { ...kind, kernel: 'x' }, { ...kind, machine: 'x' }]
  t.equal(new Set(kinds.map(kindOf)).size, 4)
})

await t.test('it never grows beyond a bound: what was not seen for longest goes', async (t) => {
  const runs = Array.from({ length: 2500 }, (_, at) => ({ ...kind, machine: `m${at}`, ms: at }))
  const durations = withDurations(new Map(), runs)
  t.equal(durations.size, 2000)
  t.equal(durations.get(kindOf({ ...kind, machine: 'm499' })), undefined)
  t.equal(durations.get(kindOf({ ...kind, machine: 'm2499' })), 2499)
  const results = t.testdir({ [DURATIONS_FILE]: durationsText(durations) })
  t.equal(readDurations(results).size, 2000)
})

await t.test('a damaged file is as if there was none', async (t) => {
  const good = durationsText(withDurations(new Map(), [{ ...kind, ms: 1 }]))
  t.equal(readDurations(t.testdir({ [DURATIONS_FILE]: good })).size, 1)
  for (const text of [
    '',
    good.slice(0, -5),
    'null',
    good.replace('durations/1', 'durations/2'),
    good.replace(',1]', ',-1]'),
    good.replace(',1]', ',"1"]'),
    good.replace('{', `{"x": "${'y'.repeat(2 ** 20)}",`),
  ]) {
    const results = t.testdir({ [DURATIONS_FILE]: text })
    t.equal(readDurations(results).size, 0, text.slice(0, 80))
  }
  t.equal(readDurations(t.testdir({ [DURATIONS_FILE]: {} })).size, 0, 'a directory')
  t.equal(readDurations('/no/such/place').size, 0)
})
