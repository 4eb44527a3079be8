import t from 'tap'
import { Scope } from '../base/scope.ts'
import { printed } from './raw-write.ts'
import { fakeGuest } from './shell-fixture.ts'

await t.test('a shell prints exactly these bytes', async (t) => {
  const scope = new Scope()
  t.teardown(async () => void (await scope.end()))
  const { commands } = await fakeGuest(scope, t.testdir())
  const bytes = async (text: string) =>
    (await commands.check(`{ ${printed(text)}; } | od -An -v -tx1 | tr -d ' \\n'`)).trim()
  for (const text of ['', '1\n', '\0', "%s'\\c", '\xe9\xff', `9${' '.repeat(64)}1`])
    t.equal(await bytes(text), Buffer.from(text, 'latin1').toString('hex'), JSON.stringify(text))
  const long = `${'0'.repeat(70_000)}1`
  t.equal(await bytes(long), Buffer.from(long).toString('hex'), 'a long one')
  t.ok(printed(long).length < 200, 'of which little goes over the wire')
})
