import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { holdFlock } from './flock.ts'
import { spawnProcess } from './processes.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-flock-'))
t.teardown(() => rmSync(dir, { recursive: true }))

await t.test('a second holder waits for the first, and nothing is left in the directory', async (t) => {
  const first = await holdFlock(dir, 'test.lock', 5000)
  await t.rejects(holdFlock(dir, 'test.lock', 300), {
    name: 'Trouble',
    stage: 'test.lock',
    message: `waiting for another irqlab that is at work in ${dir} took longer than 300 ms`,
  })
  const order: string[] = []
  const waits = async (): Promise<void> => {
    const lock = await holdFlock(dir, 'test.lock', 5000)
    order.push('second holds')
    await lock.release()
  }
  const second = waits()
  order.push('first releases')
  await first.release()
  await second
  t.same(order, ['first releases', 'second holds'])
  t.same(readdirSync(dir), [])
})

await t.test('the lock of a process that was killed is free', async (t) => {
  const source = `import { holdFlock } from ${JSON.stringify(new URL('./flock.ts', import.meta.url))}
    await holdFlock(${JSON.stringify(dir)}, 'x', 5000); console.log('held'); setInterval(() => {}, 1000)`
  const other = await spawnProcess([process.execPath, '--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => other.stdout.once('data', resolve))
  await t.rejects(holdFlock(dir, 'x', 200), { name: 'Trouble' }, 'the other process does hold it')
  other.kill('SIGKILL')
  await other.exited
  const lock = await holdFlock(dir, 'x', 5000)
  await lock.release()
})

await t.test('a directory that is not there cannot be locked', async (t) => {
  await t.rejects(holdFlock(join(dir, 'absent'), 'test.lock', 5000), {
    name: 'Trouble',
    message: `flock could not lock ${join(dir, 'absent')}`,
  })
})
