import { readFileSync } from 'node:fs'
import t from 'tap'
import { recordJsonSchema } from './json-schema.ts'
import { aRecord, aVerdict } from './record-fixture.ts'
import { recordSchema } from './run-record.ts'

await t.test('docs/record.schema.json is what the code says', async (t) => {
  const docs = readFileSync(new URL('../../docs/record.schema.json', import.meta.url), 'utf8')
  t.equal(docs, recordJsonSchema(), 'stale? run: npm run schema')
  const { properties, required } = JSON.parse(docs) as {
    properties: Record<string, unknown>
    required: string[]
  }
  const asked =
    'schema scenario outcome reason kernel machine accel seed attempts verdicts timings files'.split(' ')
  for (const name of asked) t.ok(required.includes(name), `${name} is always there`)
  t.ok('argv' in properties)
})

await t.test('a record comes back from its text as it was', async (t) => {
  const record = aRecord()
  t.same(recordSchema.parse(JSON.parse(JSON.stringify(record))), record)
  const machine = { name: 'plain', cpus: 4, nic: { queuePairs: 4 } }
  t.same(recordSchema.parse(aRecord({ machine })).machine, machine, 'the whole topology stays')
})

await t.test('what is no record is refused', async (t) => {
  const { outcome: _, ...without } = aRecord()
  const wrong: unknown[] = [
    without,
    { ...aRecord(), schema: 'irqlab.record/2' },
    { ...aRecord(), outcome: 'passed' },
    { ...aRecord(), attempts: 0 },
    { ...aRecord(), seed: 1.5 },
    { ...aRecord(), verdicts: [{ ...aVerdict(), law: 'no-such-law' }] },
    { ...aRecord(), verdicts: [{ ...aVerdict(), irq: '28' }] },
    { ...aRecord(), verdicts: [{ ...aVerdict(), state: true }] },
    { ...aRecord(), argv: 'qemu -nodefaults' },
  ]
  for (const value of wrong) t.equal(recordSchema.safeParse(value).success, false, JSON.stringify(value))
})
