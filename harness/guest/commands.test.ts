import t, { type Test } from 'tap'
import { KernelFault, Trouble } from '../base/errors.ts'
import { Scope } from '../base/scope.ts'
import { fakeGuest } from './shell-fixture.ts'

/** A scope that ends with the test. */
function scopeOf(t: Test): Scope {
  const scope = new Scope()
  t.teardown(() => scope.end())
  return scope
}

await t.test('shell text is run as it is, in one shell', async (t) => {
  const { commands } = await fakeGuest(scopeOf(t), t.testdir({}))
  t.equal(await commands.run('echo hello; false'), 'hello\n', 'whatever the status')
  t.equal(await commands.run('printf "%s|" "a b" \'$HOME\' # a comment'), 'a b|$HOME|')
  await commands.run('kept() {\necho "kept $1"\n}\nx=7')
  t.equal(await commands.run('kept $x'), 'kept 7\n', 'functions and variables stay')
  t.equal(await commands.run('head -c 3000000 /dev/zero | tr "\\0" x | wc -c'), '3000000\n')
  t.equal((await commands.run('head -c 3000000 /dev/zero | tr "\\0" x')).length, 3_000_000)
})

await t.test('a command that reads its input does not swallow the next one', async (t) => {
  const { commands } = await fakeGuest(scopeOf(t), t.testdir({}))
  t.equal(await commands.run('cat'), '')
  t.equal(await commands.run('read -r line || echo "nothing to read"'), 'nothing to read\n')
  t.equal(await commands.run('cat <<END\nhere\nEND'), 'here\n')
})

await t.test('check wants status 0', async (t) => {
  const { commands } = await fakeGuest(scopeOf(t), t.testdir({ file: 'text\n' }))
  t.equal(await commands.check('cat file'), 'text\n')
  await t.rejects(commands.check('echo "no such thing"; (exit 3)'), {
    name: 'Trouble',
    stage: 'guest.command',
    message: '`echo "no such thing"; (exit 3)` failed in the guest (status 3): no such thing',
  })
})

await t.test('a lost guest is what its console says it was', async (t) => {
  const told: unknown[] = []
  const fault = new KernelFault('panic', 'Kernel panic: it', [])
  const { commands, drop } = await fakeGuest(scopeOf(t), t.testdir({}), (error) => {
    told.push(error)
    return Promise.resolve(fault)
  })
  const asked = commands.run('exec sleep 60')
  drop()
  await t.rejects(asked, fault)
  t.match(told, [{ name: 'Trouble', stage: /^ssh\./ }])
})

await t.test('a command that takes too long is named by its first line', async (t) => {
  // The limit of a command, 15 s, becomes 150 ms.
  const { commands } = await fakeGuest(scopeOf(t), t.testdir({}), undefined, 0.01)
  const error: unknown = await commands
    .run('sleep 0.4; echo first\necho second')
    .catch((thrown: unknown) => thrown)
  t.ok(error instanceof Trouble)
  t.match(error, {
    stage: 'guest.command',
    message: '`sleep 0.4; echo first` in the guest took longer than 150 ms',
  })
})
