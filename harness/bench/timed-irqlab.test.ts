import t from 'tap'
import { aRecord } from '../record/record-fixture.ts'
import { campaignJson } from '../report/json.ts'
import { recordsIn } from './timed-irqlab.ts'

await t.test('records come out as they went in', async (t) => {
  const records = [aRecord(), aRecord({ outcome: 'skip', reason: 'no meaning here' })]
  t.same(recordsIn(campaignJson(records), ''), records)
})

await t.test('what broke or failed has no cost', async (t) => {
  const broken = aRecord({ outcome: 'broken', reason: 'no SSH', console: ['the last line'] })
  t.throws(() => recordsIn(campaignJson([aRecord(), broken]), ''), {
    name: 'Trouble',
    message: 'deferred-move: broken: no SSH',
    console: ['the last line'],
  })
  t.throws(() => recordsIn(campaignJson([aRecord()], new Error('a signal')), ''), { message: /a signal/ })
  t.throws(() => recordsIn('', 'one\ntwo\n'), { name: 'Trouble', message: /said nothing:\none\ntwo$/ })
  t.throws(() => recordsIn(campaignJson([]), ''), { name: 'Trouble', message: /ran nothing/ })
})
