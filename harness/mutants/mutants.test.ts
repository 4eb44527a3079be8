/** Does the program list its mutants, and refuse bad usage in one line before anything is built? */
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { spawnProcess } from '../host/processes.ts'
import { allMutants } from './catalogue.ts'

const PROGRAM = resolve(import.meta.dirname, 'mutants.ts')

async function mutants(...args: readonly string[]) {
  const child = await spawnProcess([process.execPath, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, { code }] = await Promise.all([text(child.stdout), text(child.stderr), child.exited])
  return { out, err, code }
}

await t.test('--list', async (t) => {
  const { out, code } = await mutants('--list')
  t.equal(code, 0)
  t.same(
    out.trim().split('\n'),
    allMutants().map(({ name, subject }) => `${name}  ${subject}`),
  )
  t.match((await mutants('--list', 'unmask-lost')).out, /^unmask-lost {2}[^\n]+\n$/)
})

await t.test('bad usage ends with 64 and one line', async (t) => {
  const dir = t.testdir({ file: '', old: { 'mutants.json': '{' } })
  for (const [args, says] of [
    [['unmask-losst'], /unknown mutant "unmask-losst"; did you mean "unmask-lost"/],
    [['--jobs', 'many'], /--jobs/],
    [['--results', `${dir}/file`], /not a directory/],
    [['--results', `${dir}/old`], /mutants\.json: .*remove it/],
  ] as const) {
    const { out, err, code } = await mutants(...args)
    t.equal(code, 64, args.join(' '))
    t.match(err, says)
    t.equal(err.trim().split('\n').length, 1)
    t.equal(out, '')
  }
})
