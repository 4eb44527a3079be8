import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { spawnProcess } from './processes.ts'
import { run, tellingLine } from './shell.ts'

const options = { stage: 'test.shell', limitMs: 10_000 }

await t.test('words reach the command as they are', async (t) => {
  const words = ['a b', '$(id)', '`id`', '*', "it's", '', '-n', 'line\nbreak', ';', 'ü']
  const { stdout } = await run(['printf', '%s|', ...words], options)
  t.equal(stdout, `${words.join('|')}|`)
})

await t.test('input, directory and environment are handed on, and nothing of our test runner', async (t) => {
  t.equal((await run(['cat'], { ...options, input: 'hello\n' })).stdout, 'hello\n')
  t.equal((await run(['cat'], options)).stdout, '', 'without input stdin is empty')
  t.equal((await run(['pwd'], { ...options, cwd: '/' })).stdout, '/\n')
  const env = { KEPT: 'yes', HOME: undefined }
  const lines = (await run(['env'], { ...options, env })).stdout.split('\n')
  t.ok(lines.includes('KEPT=yes'))
  // tap itself puts _TAPJS and NODE_OPTIONS into what a test spawns; `scrubbed` has its own test.
  t.notOk(lines.some((line) => /^(HOME|TAP)/.test(line)))
})

await t.test('a failure names the command, how it ended and why', async (t) => {
  await t.rejects(
    run(['sh', '-c', 'echo first >&2; echo last >&2; exit 3'], { ...options, called: 'the thing' }),
    {
      name: 'Trouble',
      stage: 'test.shell',
      message: '`the thing` ended with exit code 3: last',
    },
  )
  await t.rejects(run(['sh', '-c', 'kill -USR1 $$'], options), {
    message: /`sh -c .*` ended with signal SIGUSR1$/,
  })
  await t.rejects(run(['no-such-program-of-irqlab'], { ...options, hint: 'get it' }), {
    message: /`no-such-program-of-irqlab` ended with exit code 127: .*No such file/,
    hint: 'get it',
  })
  await t.rejects(run(['false', 'x'.repeat(500)], options), { message: /x\.\.\.` ended with exit code 1$/ })
})

t.equal(tellingLine('E: the cause\nE: the remark\n'), 'E: the cause', 'apt puts the cause first')
t.equal(tellingLine('W: harmless\nbad\n\n'), 'bad')
t.equal(tellingLine(''), '')

await t.test(
  'a command over its limit is ended with all that it started, even where there is no ps',
  async (t) => {
    const { PATH } = process.env
    const bin = mkdtempSync(join(tmpdir(), 'irqlab-shell-'))
    for (const name of ['sh', 'sleep', 'setpriv', 'cat']) symlinkSync(join('/usr/bin', name), join(bin, name))
    t.teardown(() => {
      process.env['PATH'] = PATH
      rmSync(bin, { recursive: true })
    })
    await run(['true'], options) // zx looks for bash in PATH when it is loaded.
    process.env['PATH'] = bin
    const script = 'sleep 4711 & echo $! > "$0"; trap "" TERM; wait; wait'
    const pidFile = join(bin, 'pid')
    const began = performance.now()
    const slow = run(['sh', '-c', script, pidFile], { stage: 'test.shell', limitMs: 400, called: 'slow' })
    await t.rejects(slow, { name: 'Trouble', message: '`slow` took longer than 400 ms' })
    t.ok(performance.now() - began < 6000)
    const pid = Number((await run(['cat', pidFile], options)).stdout)
    await poll(new Deadline('test', 'the end of the grandchild', 5000), () => gone(pid), { everyMs: 20 })
  },
)

await t.test('a command ends when we are killed', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'irqlab-shell-'))
  t.teardown(() => rmSync(dir, { recursive: true }))
  const pidFile = join(dir, 'pid')
  const source = `import { run } from ${JSON.stringify(new URL('./shell.ts', import.meta.url))}
    await run(['sh', '-c', 'echo $$ > ${pidFile}; exec sleep 4712'], { stage: 'x', limitMs: 60000 })`
  const us = await spawnProcess([process.execPath, '--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const limit = new Deadline('test', 'the pid', 10_000)
  const read = async () => {
    const { stdout } = await run(['sh', '-c', 'cat "$0" 2>/dev/null || true', pidFile], options)
    return stdout === '' ? undefined : Number(stdout)
  }
  const pid = await poll(limit, read, { everyMs: 50 })
  t.notOk(gone(pid))
  us.kill('SIGKILL')
  await us.exited
  await poll(new Deadline('test', 'the end of the command', 5000), () => gone(pid), { everyMs: 20 })
})

function gone(pid: number): true | undefined {
  try {
    process.kill(pid, 0)
    return undefined
  } catch {
    return true
  }
}
