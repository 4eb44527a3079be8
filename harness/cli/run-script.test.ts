/** Does each program of the house end with the exit code and the words that belong to what happened? */
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { spawnProcess } from '../host/processes.ts'

const TOY = resolve(import.meta.dirname, 'toy-script-fixture.ts')

async function toy(way: string, signal?: NodeJS.Signals) {
  const child = await spawnProcess([process.execPath, TOY, way], { stdio: ['ignore', 'pipe', 'pipe'] })
  if (signal !== undefined) child.stderr.once('data', () => child.kill(signal))
  const [out, err, { code }] = await Promise.all([text(child.stdout), text(child.stderr), child.exited])
  return { out, err, code }
}

await t.test('each way to end has its exit code and its words', async (t) => {
  t.same(await toy('--help'), { out: 'usage: toy WAY\n', err: '', code: 0 })
  t.same(await toy('three'), { out: '', err: '', code: 3 })
  t.same(await toy('x'), { out: '', err: 'toy: unknown way "x"\n', code: 64 })
  t.same(await toy('trouble'), { out: '', err: 'toy: no disk\n  | it burns\ntoy: buy one\n', code: 2 })
  t.match(await toy('unforeseen'), { err: /TypeError: upside down\n {4}at /, code: 1 })
})

await t.test('a signal ends it in order, with its own code', async (t) => {
  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    t.equal((await toy('wait', signal)).code, code, signal)
})
