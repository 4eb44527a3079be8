import t from 'tap'
import { Bug, Trouble } from './errors.ts'
import { pause } from './poll.ts'
import { Scope } from './scope.ts'

await t.test('undoes last in, first out, one after the other', async (t) => {
  const scope = new Scope()
  const done: string[] = []
  scope.onEnd('the tap', () => void done.push('tap'))
  scope.onEnd('QEMU', async () => {
    done.push('QEMU begins')
    await pause(10)
    done.push('QEMU ends')
  })
  scope.onEnd('the socket', () => void done.push('socket'))
  t.same(await scope.end(), [])
  t.same(done, ['socket', 'QEMU begins', 'QEMU ends', 'tap'])
})

await t.test('carries on past undos that throw, reject or hang, and tells each of them', async (t) => {
  const scope = new Scope()
  const done: string[] = []
  scope.onEnd('first', () => void done.push('first'))
  scope.onEnd('a throw', () => {
    throw new Trouble('x', 'no such device')
  })
  scope.onEnd('a hang', () => new Promise(() => undefined), 20)
  scope.onEnd('a reject', () => Promise.reject(new Error('gone')))
  scope.onEnd('last', () => void done.push('last'))
  t.same(await scope.end(), [
    { what: 'a reject', why: 'gone' },
    { what: 'a hang', why: 'undoing a hang took longer than 20 ms' },
    { what: 'a throw', why: 'no such device' },
  ])
  t.same(done, ['last', 'first'])
})

await t.test('ends once, however often it is told', async (t) => {
  const scope = new Scope()
  let times = 0
  scope.onEnd('it', () => {
    times++
    throw new Error('late')
  })
  const [first, second] = await Promise.all([scope.end(), scope.end()])
  t.equal(times, 1)
  t.equal(second, first, 'the same answer')
  t.equal(await scope.end(), first)
})

await t.test('what comes after the end would leak: that is a bug', async (t) => {
  const scope = new Scope()
  await scope.end()
  t.throws(() => scope.onEnd('a late tap', () => undefined), {
    name: 'Bug',
    message: /"a late tap" was acquired after its scope had ended/,
  })

  const during = new Scope()
  during.onEnd('an undo that acquires', () => during.onEnd('a tap', () => undefined))
  t.match(await during.end(), [{ what: 'an undo that acquires', why: /"a tap" was acquired after/ }])
})

await t.test('hands its undos to an heir', async (t) => {
  const scope = new Scope()
  const done: string[] = []
  scope.onEnd('a', () => void done.push('a'))
  scope.onEnd('b', () => void done.push('b'))
  const heir = scope.move()
  scope.onEnd('c', () => void done.push('c'))
  await scope.end()
  t.same(done, ['c'], 'only what came after the move')
  await heir.end()
  t.same(done, ['c', 'b', 'a'])
  t.throws(() => heir.onEnd('d', () => undefined), Bug)
})
