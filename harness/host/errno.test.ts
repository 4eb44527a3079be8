import t from 'tap'
import { errnoOf } from './errno.ts'

await t.test('the code of a system error, and of nothing else', async (t) => {
  t.equal(errnoOf(Object.assign(new Error('no'), { code: 'ENOENT' })), 'ENOENT')
  t.equal(errnoOf(Object.assign(new Error('no'), { code: 5 })), undefined)
  t.equal(errnoOf(new Error('no')), undefined)
  t.equal(errnoOf('ENOENT'), undefined)
})
