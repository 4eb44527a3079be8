/** Does the shell that is chosen say which errno it was? */
import { existsSync } from 'node:fs'
import t from 'tap'
import { run } from './shell.ts'
import { CHOOSE_SHELL } from './telling-shell.ts'

const chosenBy = (sh: string) =>
  run([sh, '-c', `${CHOOSE_SHELL}; exec $s -c '{ echo x >/dev/full; } 2>&1; echo "by $0"' told`], {
    stage: 'test',
    limitMs: 10_000,
  })

await t.test('the errno is told', async (t) => {
  t.ok(existsSync('/bin/dash') && existsSync('/bin/bash'), 'as every Debian has them')
  for (const sh of ['/bin/dash', '/bin/sh'])
    t.match((await chosenBy(sh)).stdout, /write error: No space left on device\nby told/, sh)
  t.notMatch(CHOOSE_SHELL, "'", 'it stands in single quotes')
})

await t.test('dash alone does not tell it, which is why', async (t) => {
  const said = await run(['/bin/dash', '-c', '{ echo x >/dev/full; } 2>&1; true'], {
    stage: 'test',
    limitMs: 10_000,
  })
  t.match(said.stdout, /I\/O error/)
})
