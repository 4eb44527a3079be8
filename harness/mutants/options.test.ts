/** Are the words of the command line taken, and is what makes no sense refused in one line? */
import t from 'tap'
import { mutantsOptions } from './options.ts'

await t.test('what may be said', async (t) => {
  t.match(mutantsOptions([]), {
    names: [],
    base: 'debian-source:6.12',
    jobs: undefined,
    results: undefined,
    again: false,
  })
  t.match(
    mutantsOptions(['a', '--jobs', '2', 'b', '--again', '--results', 'r', '--base', 'debian-source:7.3']),
    {
      names: ['a', 'b'],
      jobs: 2,
      again: true,
      results: 'r',
      base: 'debian-source:7.3',
    },
  )
})

await t.test('what may not', async (t) => {
  for (const args of [['--jobs', '0'], ['--jobs', 'many'], ['--job', '1'], ['--results']])
    t.throws(() => mutantsOptions(args), { name: 'UsageError' }, args.join(' '))
})
