import { join } from 'node:path'
import t from 'tap'
import { UsageError } from '../base/errors.ts'
import { aRecord } from '../record/record-fixture.ts'
import { findRun } from './run-found.ts'

const record = (attempts: number) => JSON.stringify(aRecord({ attempts }))

void t.test('finds an attempt, the last attempt of a run, and the run in a bundle', (t) => {
  const facts = { schema: 'irqlab.bundle/1', run: 'r', guestSha256: 'a', kernelSha256: 'b' }
  const dir = t.testdir({
    run: {
      'attempt-2': { 'record.json': record(2) },
      'attempt-10': { 'record.json': record(10) },
      'attempt-11.partial': {},
    },
    bundle: { 'bundle.json': JSON.stringify(facts), evidence: { 'record.json': record(3) } },
    other: { 'bundle.json': '{"schema":"irqlab.bundle/9"}', evidence: { 'record.json': record(3) } },
    damaged: { 'record.json': '{' },
  })
  t.match(findRun(join(dir, 'run')), { dir: join(dir, 'run/attempt-10'), record: { attempts: 10 } })
  t.match(findRun(join(dir, 'run/attempt-2')), { record: { attempts: 2 } })
  t.match(findRun(join(dir, 'bundle')), { bundle: join(dir, 'bundle'), record: { attempts: 3 } })
  for (const name of ['other', 'damaged', 'absent', 'run/attempt-11.partial'])
    t.throws(() => findRun(join(dir, name)), UsageError, name)
  t.throws(() => findRun(''), UsageError)
  t.end()
})
