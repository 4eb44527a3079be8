import t from 'tap'
import { givenJson, givenSchema, parseGiven } from './given.ts'

await t.test('reads what the guest prints, and survives evidence.json', async (t) => {
  const given = parseGiven('other\ngiven hint=00000000,00000004 start=ff,00000003 node=-1 cpus=\n')
  const json = { hint: '2', start: '0-1,32-39', node: -1, nodeCpus: '' }
  t.same(given === undefined ? undefined : givenJson(given), json)
  t.same(givenJson(givenSchema.parse(json)), json)
})

await t.test('a driver that asks for nothing has an empty hint', async (t) => {
  const given = parseGiven('given hint=0 start=f node=1 cpus=2,3\n')
  t.equal(given?.hint.isEmpty, true)
  t.equal(given?.nodeCpus.toList(), '2-3')
})

await t.test('what is not shown is not guessed, what is malformed is an error', async (t) => {
  t.equal(parseGiven('given hint= start=f node=0 cpus=0\n'), undefined)
  t.equal(parseGiven(''), undefined)
  t.throws(() => parseGiven('given hint=x start=f node=0 cpus=\n'), { name: 'MalformedText' })
  t.throws(() => parseGiven('given hint=0 start=f node=far cpus=\n'), { name: 'MalformedText' })
})
