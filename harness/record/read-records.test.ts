import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { readRecords } from './read-records.ts'
import { aRecord } from './record-fixture.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-records-'))
t.teardown(() => rmSync(dir, { recursive: true }))

function write(at: string, content: unknown): void {
  mkdirSync(join(dir, at), { recursive: true })
  writeFileSync(join(dir, at, 'record.json'), typeof content === 'string' ? content : JSON.stringify(content))
}

const startedAt = (time: string) => ({ timings: { startedAt: `2026-11-22T${time}.000Z`, totalMs: 1 } })

await t.test('the last attempt of each run, in the order of their starts', async (t) => {
  t.throws(() => readRecords(dir), { name: 'UsageError', message: /no record\.json of a finished run/ })
  write('a/c2/x/k/m/attempt-1', aRecord({ ...startedAt('12:00:00'), scenario: 'late' }))
  for (let attempt = 1; attempt <= 10; attempt++) {
    const outcome = attempt === 10 ? 'pass' : 'broken'
    write(`a/c1/x/k/m/attempt-${attempt}`, aRecord({ ...startedAt('11:00:00'), attempts: attempt, outcome }))
  }
  write('a/c1/x/k/m/attempt-11.partial', 'half of a rec')
  write('a/elsewhere', 'not ours')
  t.same(
    readRecords(dir).map(({ scenario, attempts, outcome }) => [scenario, attempts, outcome]),
    [
      ['deferred-move', 10, 'pass'],
      ['late', 1, 'pass'],
    ],
  )
})

await t.test('what cannot be read is named', async (t) => {
  t.throws(() => readRecords(join(dir, 'nothing')), {
    name: 'UsageError',
    message: /nothing: it cannot be read/,
  })
  const cases = ['{', '{}', JSON.stringify({ ...aRecord(), schema: 'irqlab.record/2' })]
  for (const text of cases) {
    write('b/attempt-1', text)
    t.throws(() => readRecords(dir), {
      name: 'UsageError',
      message: /^\S+b\/attempt-1\/record\.json: no record that can be read: [^\n]+$/,
    })
  }
})
