import t from 'tap'
import { Interrupted } from '../base/errors.ts'
import { interruptible } from './interruptible.ts'

const never = new Promise<string>(() => undefined)

await t.test('work that ends first gives its result, or its own error', async (t) => {
  const { signal } = new AbortController()
  t.equal(await interruptible(signal, Promise.resolve('done')), 'done')
  await t.rejects(interruptible(signal, Promise.reject(new TypeError('no'))), { name: 'TypeError' })
})

await t.test('a signal drops the work with the signal that it was', async (t) => {
  const stop = new AbortController()
  const dropped = interruptible(stop.signal, never)
  stop.abort(new Interrupted('SIGTERM'))
  await t.rejects(dropped, { name: 'Interrupted', signal: 'SIGTERM' })
  await t.rejects(interruptible(stop.signal, never), { name: 'Interrupted' }, 'one that came before, too')
})

await t.test('work that fails after it was dropped disturbs nobody', async (t) => {
  const stop = new AbortController()
  let fail: (error: Error) => void = () => undefined
  const work = new Promise<string>((_, reject) => {
    fail = reject
  })
  const dropped = interruptible(stop.signal, work)
  stop.abort(new Interrupted('SIGINT'))
  await t.rejects(dropped, { name: 'Interrupted' })
  fail(new Error('too late'))
  await new Promise((done) => {
    setImmediate(done)
  })
})
