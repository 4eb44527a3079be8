import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { Scope } from '../base/scope.ts'
import { startJanitor } from './janitor.ts'
import { spawnProcess } from './processes.ts'
import { makeWorkdir } from './workdir.ts'

const odd = ` odd $(touch pwned) 'quoted" \\n -rf *`

function fill(path: string): string {
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'half-made'), '')
  return path
}

/** Gone, or dead and not yet collected by whoever is process 1 here. */
function isGone(pid: number): boolean {
  try {
    return /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

await t.test(
  'SIGKILL of its owner: what was watched goes, what was released or never named stays',
  async (t) => {
    const scope = new Scope()
    t.teardown(() => scope.end())
    const root = await makeWorkdir(scope)
    const [half, done, other] = [fill(join(root, odd)), fill(join(root, 'done')), fill(join(root, 'other'))]
    const second = fill(join(root, 'second'))
    const script = join(root, 'owner.mjs')
    writeFileSync(
      script,
      `const { startJanitor } = await import('${import.meta.dirname}/janitor.ts')
    const [root, half, done, second] = process.argv.slice(2)
    const janitor = await startJanitor([root])
    for (const path of [half, done, second]) await janitor.watch(path)
    await janitor.release(done)
    process.send(janitor.pid)
    setInterval(() => {}, 1000)`,
    )
    const argv = [process.execPath, script, root, half, done, second] as const
    const owner = await spawnProcess(argv, { stdio: ['ignore', 'inherit', 'inherit'], ipc: true })
    const pid = Number(await new Promise((told) => owner.onMessage(told)))
    t.equal(isGone(pid), false)
    t.ok(existsSync(half))

    process.kill(owner.pid, 'SIGKILL')
    await poll(new Deadline('test', 'end of the janitor', 2000), () => isGone(pid) || undefined, {
      everyMs: 10,
    })
    t.equal(existsSync(half), false)
    t.equal(existsSync(second), false)
    t.ok(existsSync(done))
    t.ok(existsSync(other))
    t.notOk(existsSync('/pwned'), 'a path is never read as a command')
  },
)

await t.test('it ends at once when told, and does not keep its owner alive', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const root = await makeWorkdir(scope)
  const kept = fill(join(root, 'kept'))
  const janitor = await startJanitor([root])
  await janitor.watch(kept)
  await janitor.release(kept)
  await janitor.end()
  t.ok(existsSync(kept))
  await t.rejects(janitor.watch(kept), { name: 'Trouble' }, 'a dead janitor does not take orders')

  const script = `const { startJanitor } = await import('${import.meta.dirname}/janitor.ts')
    const janitor = await startJanitor(['${root}'])
    await janitor.watch('${join(root, 'never')}')`
  const owner = await spawnProcess([process.execPath, '--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const exit = await new Deadline('test', 'end of an owner with nothing to do', 5000).race(owner.exited)
  t.same(exit, { code: 0, signal: null })
})

await t.test('paths outside of its roots are refused', async (t) => {
  const janitor = await startJanitor(['/nowhere/a'])
  t.teardown(() => janitor.end())
  for (const path of [
    '/nowhere/a',
    '/nowhere/ab',
    '/nowhere/a/../b',
    'a/b',
    '/nowhere/a/x\ny',
    '/nowhere/a/x/',
    '/',
  ]) {
    await t.rejects(janitor.watch(path), { name: 'Bug' }, path)
  }
  await t.rejects(startJanitor(['/']), { name: 'Bug' })
  await t.rejects(startJanitor([]), { name: 'Bug' })
})
