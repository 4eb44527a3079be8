/** Are the words of the command line taken, passed on to irqlab, and refused in one line where they make no sense? */
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { spawnProcess } from '../host/processes.ts'
import { soakOptions } from './options.ts'

await t.test('what may be said', (t) => {
  t.same(soakOptions([]), { rounds: 20, seed: 1, words: [], help: false })
  t.same(
    soakOptions([
      'storms',
      '--rounds',
      '3',
      '--kernel',
      'debian:5.10',
      '--kernel',
      'a',
      '--soak',
      '9',
      '--jobs',
      '2',
    ]),
    {
      rounds: 3,
      seed: 1,
      words: ['storms', '--kernel=debian:5.10', '--kernel=a', '--soak=9', '--jobs=2'],
      help: false,
    },
  )
  t.end()
})

await t.test('what may not', (t) => {
  for (const args of [
    ['--rounds', '0'],
    ['--rounds', 'many'],
    ['--round', '1'],
    ['--seed', '-1'],
    ['--results'],
  ])
    t.throws(() => soakOptions(args), { name: 'UsageError' }, args.join(' '))
  t.end()
})

await t.test('the program: help, bad usage of its own, and of irqlab', async (t) => {
  const soak = async (...args: readonly string[]) => {
    const program = resolve(import.meta.dirname, 'soak.ts')
    const child = await spawnProcess([process.execPath, program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, err, { code }] = await Promise.all([text(child.stdout), text(child.stderr), child.exited])
    return { out, err, code }
  }
  t.match(await soak('--help'), { code: 0, out: /^usage: npm run soak/, err: '' })
  t.match(await soak('--rounds', 'x'), { code: 64, out: '', err: /^soak: --rounds/ })
  t.match(await soak('no-such-scenario'), { code: 2, out: '', err: /unknown scenario "no-such-scenario"/ })
})
