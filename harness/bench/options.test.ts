import { join } from 'node:path'
import t from 'tap'
import { benchOptions } from './options.ts'

await t.test('what is not given has a default', async (t) => {
  t.same(benchOptions([]), { rounds: 5, json: undefined, help: false })
  const json = join(t.testdir(), 'figures.json')
  t.same(benchOptions(['--rounds', '12', '--json', json, '--help']), { rounds: 12, json, help: true })
})

await t.test('what cannot be is told before anything is measured', async (t) => {
  const dir = t.testdir({ file: '' })
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--rounds', '0'], /--rounds.*from 1 to 1000/],
    [['--rounds', 'x'], /--rounds/],
    [['--rounds'], /--rounds/],
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
