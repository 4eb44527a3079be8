import t from 'tap'
import { awaitSystem } from './await-system.ts'
import { guestThatSays } from './guest-that-says-fixture.ts'

await t.test('a system that is up, one that is up with a failed unit, and none that says so', async (t) => {
  for (const said of ['running\n', 'degraded\ndegraded\n', ''])
    t.same(await awaitSystem(guestThatSays([[/systemctl/, said]]).commands), [])
})

await t.test('a system that never ends to start is told', async (t) => {
  const { commands } = guestThatSays([[/systemctl/, 'starting\n']])
  t.match(await awaitSystem(commands), [/was still starting after 60 s more/])
})
