import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Child } from '../host/processes.ts'
import { readyWorker, startSpareWorker } from './worker-process.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-worker-'))
const workers: Child[] = []
t.teardown(async () => {
  for (const worker of workers) worker.kill('SIGKILL')
  await Promise.all(workers.map(({ exited }) => exited))
  rmSync(dir, { recursive: true })
})

const script = join(dir, 'echo.mjs')
writeFileSync(script, `process.on('message', (message) => process.send({ message, pid: process.pid }))\n`)
const program = [process.execPath, script] as const

async function ready(argv: readonly [string, ...string[]] = program): Promise<Child> {
  const worker = await readyWorker(argv)
  workers.push(worker)
  return worker
}

function answer(worker: Child): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onMessage(resolve)
    void worker.exited.then((exit) => reject(new Error(JSON.stringify(exit))))
    worker.send({ job: 1 }).catch(reject)
  })
}

await t.test('the spare worker takes the first job, a new one the next', async (t) => {
  startSpareWorker(program)
  startSpareWorker(program)
  const [first, second] = [await ready(), await ready()]
  t.not(first.pid, second.pid)
  // Process 1 of namespaces of its own, both.
  for (const worker of [first, second]) t.same(await answer(worker), { message: { job: 1 }, pid: 1 })
})

await t.test('a spare that died, or of another program, is replaced', async (t) => {
  startSpareWorker(['false'])
  t.same(await answer(await ready()), { message: { job: 1 }, pid: 1 })
  startSpareWorker(['/nowhere/node'])
  t.same(await answer(await ready()), { message: { job: 1 }, pid: 1 })
})

await t.test('one that cannot be started is trouble of its run', async (t) => {
  startSpareWorker(['/nowhere/node'])
  const worker = await ready(['/nowhere/node'])
  const { code } = await worker.exited
  t.not(code, 0)
})
