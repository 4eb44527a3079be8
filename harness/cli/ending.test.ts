import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Bug, Interrupted, KernelFault, NotApplicable, Trouble, UsageError } from '../base/errors.ts'
import { endingOf } from './ending.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

await t.test('each way to end has its exit code and its words', async (t) => {
  t.same(endingOf(new UsageError('--x 1: no')), { exitCode: 64, text: 'irqlab: --x 1: no\n' })
  t.same(endingOf(new Trouble('a.b', 'no disk')), { exitCode: 2, text: 'irqlab: no disk\n' })
  t.same(endingOf(new Trouble('a.b', 'no disk', { hint: 'buy one' })), {
    exitCode: 2,
    text: 'irqlab: no disk\nirqlab: buy one\n',
  })
  t.same(endingOf(new KernelFault('panic', 'it fell', [])), { exitCode: 1, text: 'irqlab: it fell\n' })
  t.same(endingOf(new NotApplicable('MSI-X', 'no MSI-X')), { exitCode: 4, text: 'irqlab: no MSI-X\n' })
  t.same(endingOf(new Interrupted('SIGINT')), { exitCode: 130, text: '' })
  t.same(endingOf(new Interrupted('SIGHUP')), { exitCode: 129, text: '' })
  t.same(endingOf(new Interrupted('SIGTERM')), { exitCode: 143, text: '' })
})

await t.test('what nobody foresaw is our own bug, told with its stack', async (t) => {
  for (const thrown of [new Bug('upside down'), new TypeError('upside down')]) {
    const { exitCode, text } = endingOf(thrown)
    t.equal(exitCode, 70)
    t.match(text, /please report it:\n[\s\S]*upside down\n {4}at /)
  }
  t.match(endingOf('a string'), { exitCode: 70, text: /\na string\n$/ })
  t.match(endingOf(undefined), { exitCode: 70 })
})

await t.test('bad usage stays one line, whatever was given', async (t) => {
  const { text } = endingOf(new UsageError('--kernel a\nb\r\u001B[2J\u009B2J\u2028c: no such file'))
  t.equal(text, String.raw`irqlab: --kernel a\nb\u000d\u001b[2J\u009b2J\u2028c: no such file` + '\n')
})

await t.test('an exception that nobody catches is 70, never the exit code of a failed kernel', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const thrower = join(place.dir, 'thrower.cjs')
  for (const [code, said] of [
    ["setTimeout(() => { throw new Error('thrown late') }, 1)", /thrown late\n {4}at /],
    ["setTimeout(() => Promise.reject(new Error('rejected late')), 1)", /rejected late\n {4}at /],
  ] as const) {
    writeFileSync(thrower, code)
    const { status, stderr } = await irqlab(place, ['doctor'], { nodeArgs: ['--require', thrower] })
    t.equal(status, 70)
    t.match(stderr, said)
    t.match(stderr, /please report it/)
  }
})
