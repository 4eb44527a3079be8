import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { exchange } from '../host/exchange.ts'
import { reseedProgram } from './reseed-program.ts'

const EPERM = 1

await t.test('the kernel runs it, and it tells what the kernel said', async (t) => {
  // Not in a directory of the test's own: another user has to reach it.
  const file = join(tmpdir(), `irqlab-reseed-${process.pid}`)
  writeFileSync(file, reseedProgram())
  chmodSync(file, 0o755)
  t.teardown(() => rmSync(file))
  const root = process.getuid?.() === 0
  const asked = { stage: 'test', limitMs: 5000 }
  t.equal((await exchange([file], asked)).status, root ? 0 : EPERM)
  const another = root ? (['--reuid=65534', '--regid=65534', '--clear-groups'] as const) : []
  const { status } = await exchange(['setpriv', ...another, '--', file], asked)
  t.equal(status, EPERM, 'the right call of the right file: else it were ENOTTY, EINVAL or EBADF')
})
