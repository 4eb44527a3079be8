import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { spawnProcess } from '../host/processes.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'
import { differences } from './difference.ts'
import { differentialOptions } from './differential-options.ts'

const OLD = { kernel: '5.10', lines: ['a', 'b', 'c', 'd'] }

await t.test('where two kernels part', (t) => {
  t.same(differences([OLD, { kernel: '7.3', lines: [...OLD.lines] }]), [])
  t.same(differences([OLD, OLD, { kernel: '7.3', lines: ['a', 'b', 'x', 'y'] }]), [
    '7.3 differs from 5.10 in 2 of 4 lines, first in line 3:',
    '    a',
    '    b',
    '  - c',
    '  + x',
  ])
  t.same(differences([OLD, { kernel: '7.3', lines: ['a', 'b', 'c'] }]).at(-1), '  + nothing more')
  t.end()
})

await t.test('what may be said, and what not', (t) => {
  const { words, seed, rounds } = differentialOptions([
    '--kernel',
    'a',
    '--kernel',
    'b',
    '--rounds',
    '2',
    '--seed',
    '9',
  ])
  t.same(words, ['random-acts', '--kernel=a', '--kernel=b', `--results=${DEFAULT_RESULTS}`])
  t.same([seed, rounds], [9, 2])
  for (const args of [[], ['--kernel', 'a'], ['name'], ['--kernel', 'a', '--kernel', 'b', '--rounds', '0']])
    t.throws(() => differentialOptions(args), { name: 'UsageError' }, args.join(' '))
  t.end()
})

await t.test('the program: help, and bad usage', async (t) => {
  const program = resolve(import.meta.dirname, 'differential.ts')
  const differential = async (...args: readonly string[]) => {
    const child = await spawnProcess([process.execPath, program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err, { code }] = await Promise.all([text(child.stdout), text(child.stderr), child.exited])
    return { out, err, code }
  }
  t.match(await differential('--help'), { code: 0, out: /^usage: npm run differential/, err: '' })
  t.match(await differential('--kernel', 'debian:6.1'), {
    code: 64,
    out: '',
    err: /^differential: give two kernels/,
  })
})
