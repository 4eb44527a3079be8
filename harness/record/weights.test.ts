import t from 'tap'
import { UsageError } from '../base/errors.ts'
import { durationsToDivideBy, weigher } from './weights.ts'

void t.test('weighs by scenario and machine over all kernels, else by scenario, else by the median', (t) => {
  const weigh = weigher(
    new Map([
      ['a 6.1.0-1 plain', 1000],
      ['a 6.12 plain', 3000],
      ['a 6.1.0-1 remapped', 8000],
      ['b 6.1.0-1 plain', 5000],
      ['c 6.1.0-1 plain', 100],
    ]),
  )
  t.equal(weigh({ scenario: 'a', machine: 'plain' }), 2000)
  t.equal(weigh({ scenario: 'a', machine: 'amd' }), 4000)
  t.equal(weigh({ scenario: 'new', machine: 'plain' }), 3000)
  t.equal(weigher(new Map())({ scenario: 'a', machine: 'plain' }), 1)
  t.end()
})

void t.test('reads what comes with irqlab, and the file that is named instead', (t) => {
  t.ok(durationsToDivideBy(undefined).size > 40)
  const dir = t.testdir({
    own: '{"schema":"irqlab.durations/1","durations":[["a 6.1 plain",7]]}',
    other: '{"schema":"irqlab.record/1"}',
    text: 'no json',
  })
  t.strictSame([...durationsToDivideBy(`${dir}/own`)], [['a 6.1 plain', 7]])
  for (const name of ['other', 'text', 'absent'])
    t.throws(() => durationsToDivideBy(`${dir}/${name}`), UsageError)
  t.end()
})
