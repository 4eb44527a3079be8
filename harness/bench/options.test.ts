import { join } from 'node:path'
import t from 'tap'
import { BENCH_USAGE, benchOptions } from './options.ts'
import { DEFAULT_PARTS } from './parts.ts'

await t.test('what is not given has a default', async (t) => {
  t.same(benchOptions([]), {
    parts: DEFAULT_PARTS,
    rounds: 5,
    campaigns: 1,
    repeat: 6,
    kernel: 'debian:6.1',
    markdown: false,
    json: undefined,
    help: false,
  })
  const json = join(t.testdir(), 'figures.json')
  const given = ['--rounds', '12', '--campaigns', '3', '--repeat', '20', '--kernel', 'debian:6.12']
  t.same(benchOptions([...given, '--only', 'sizes', '--markdown', '--json', json, '--help']), {
    parts: ['sizes'],
    rounds: 12,
    campaigns: 3,
    repeat: 20,
    kernel: 'debian:6.12',
    markdown: true,
    json,
    help: true,
  })
})

await t.test('what cannot be is told before anything is measured', async (t) => {
  const dir = t.testdir({ file: '' })
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--rounds', '0'], /--rounds.*from 1 to 1000/],
    [['--rounds', 'x'], /--rounds/],
    [['--rounds'], /--rounds/],
    [['--campaigns', '-1'], /--campaigns/],
    [['--repeat', '1.5'], /--repeat.*from 1/],
    [['--only', 'floor'], /--only "floor": known are ready/],
    [['--frob'], /--frob/],
    [['more'], /more/],
    [['--json', join(dir, 'no', 'file')], /there is no directory .*no$/],
    [['--json', join(dir, 'file', 'file')], /there is no directory/],
    [['--json', dir], /it is a directory/],
    [['--json', ''], /it is a directory/],
  ]
  for (const [args, message] of wrong)
    t.throws(() => benchOptions(args), { name: 'UsageError', message }, args.join(' '))
})

await t.test('the usage names every option', async (t) => {
  for (const word of ['only', 'rounds', 'campaigns', 'repeat', 'kernel', 'markdown', 'json'])
    t.match(BENCH_USAGE, `--${word} `)
})
