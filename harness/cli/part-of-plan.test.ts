import * as fc from 'fast-check'
import t from 'tap'
import { UsageError } from '../base/errors.ts'
import { planRuns } from '../campaign/plan.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { partOf } from './part-of-plan.ts'
import { scenariosNamed } from './scenario-files.ts'
import { oneShard } from './values.ts'

void t.test('the whole catalogue on two kernels: every run is in exactly one part', async (t) => {
  const kernels = ['debian:6.1', 'debian:6.12'].map((text) => parseKernelSource(text))
  const plan = planRuns({ scenarios: await scenariosNamed([]), kernels, machines: [], repeat: 2, seed: 1 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), (of) => {
      const parts = Array.from({ length: of }, (_, at) => partOf(plan, { shard: { index: at + 1, of } }))
      t.equal(parts.flat().length, plan.length)
      t.equal(new Set(parts.flat()).size, plan.length)
    }),
    { numRuns: 20 },
  )
  t.strictSame(partOf(plan, {}), plan)
  t.throws(() => partOf(plan.slice(0, 3), { shard: { index: 1, of: 4 } }), UsageError)
  t.throws(() => partOf(plan, { durations: 'x' }), /give --shard too/)
})

void t.test('--shard takes a part and how many there are', (t) => {
  const parse = oneShard('--shard')
  t.strictSame(parse('2/4'), { index: 2, of: 4 })
  for (const text of ['0/4', '5/4', '1', '1/0', 'a/b', '1/1001', '-1/2', '1/2/3', ' 1/2'])
    t.throws(() => parse(text), UsageError, text)
  t.end()
})
