import t from 'tap'
import {
  assert,
  Bug,
  Interrupted,
  KernelFault,
  messageOf,
  NotApplicable,
  Trouble,
  UsageError,
} from './errors.ts'

await t.test('each way to end without a verdict has a type and a name of its own', async (t) => {
  const errors = [
    new Trouble('boot.ssh', 'm'),
    new KernelFault('panic', 'm', []),
    new NotApplicable('MSI-X', 'm'),
    new UsageError('m'),
    new Bug('m'),
    new Interrupted('SIGINT'),
  ]
  const names = ['Trouble', 'KernelFault', 'NotApplicable', 'UsageError', 'Bug', 'Interrupted']
  t.same(
    errors.map(({ name }) => name),
    names,
  )
  for (const error of errors) {
    const kin = errors.filter((other) => error instanceof other.constructor)
    t.same(kin, [error], `${error.name} is nothing else`)
  }
})

await t.test('trouble tells where, what next, and whether a second attempt could help', async (t) => {
  const cause = new Error('low')
  const full = new Trouble('ssh.login', 'No key fits', {
    hint: 'make one',
    console: [],
    cause,
    lasting: true,
  })
  t.match(full, { stage: 'ssh.login', message: 'No key fits', hint: 'make one', cause, lasting: true })
  t.same(full.console, [], 'read, and empty')
  const bare = new Trouble('a', 'b')
  t.equal(bare.lasting, false)
  t.equal(bare.console, undefined, 'no guest was involved: not the same as empty')
  t.equal(bare.hint, undefined)
})

await t.test('anything thrown has a text', async (t) => {
  t.equal(messageOf(new Error('words')), 'words')
  t.equal(messageOf('bare'), 'bare')
  t.equal(messageOf(undefined), 'undefined')
})

await t.test('an invariant that does not hold is our bug', async (t) => {
  assert(true, 'all is well')
  for (const broken of [false, undefined, null, 0, '']) {
    t.throws(() => assert(broken, 'two taps'), { name: 'Bug', message: 'broken invariant: two taps' })
  }
})
