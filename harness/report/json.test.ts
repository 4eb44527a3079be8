import t from 'tap'
import { Interrupted, Trouble } from '../base/errors.ts'
import { aRecord } from '../record/record-fixture.ts'
import { campaignJson } from './json.ts'

const parsed = (...args: Parameters<typeof campaignJson>): unknown => JSON.parse(campaignJson(...args))
const pass = aRecord()
const fail = aRecord({ outcome: 'fail' })
const skip = aRecord({ outcome: 'skip' })

t.same(parsed([pass, skip]), { schema: 'irqlab.campaign/1', outcome: 'skip', runs: [pass, skip] })
t.match(parsed([pass, fail]), { outcome: 'fail' })
t.match(parsed([]), { outcome: 'broken', runs: [] }, 'no runs: we cannot tell')
t.same(parsed([], new Trouble('host.packages', 'no QEMU', { hint: 'install it' })), {
  schema: 'irqlab.campaign/1',
  outcome: 'broken',
  reason: 'no QEMU',
  stage: 'host.packages',
  hint: 'install it',
  runs: [],
})
t.match(parsed([pass], new Interrupted('SIGINT')), {
  outcome: 'broken',
  reason: 'interrupted by SIGINT',
  runs: [{ outcome: 'pass' }],
})
t.match(parsed([fail], new Interrupted('SIGINT')), { outcome: 'fail' }, 'what is known is worse')
