import t from 'tap'
import { stillRuns, thisProcess } from './process-identity.ts'
import { spawnProcess } from './processes.ts'

await t.test('this process runs', (t) => {
  const identity = thisProcess()
  t.ok(stillRuns(identity))
  t.match(identity, { pid: process.pid, startTime: /^\d+$/, bootId: /^[0-9a-f-]{36}$/ })
  t.notOk(stillRuns({ ...identity, startTime: '1' }), 'another with its number is not it')
  t.notOk(stillRuns({ ...identity, bootId: 'of-another-boot' }))
  t.end()
})

await t.test('one that has ended does not', async (t) => {
  const child = await spawnProcess(['sh', '-c', 'exit 0'], { stdio: ['ignore', 'ignore', 'ignore'] })
  await child.exited
  t.notOk(stillRuns({ ...thisProcess(), pid: child.pid }))
})
