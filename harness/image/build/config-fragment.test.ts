/** Our fragment has what irqlab needs; lines can be limited to versions; what kconfig dropped is found. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { UsageError } from '../../base/errors.ts'
import { missingOptions, neededToBoot, neededToTrace } from '../kernel-config.ts'
import {
  fragmentPath,
  fragmentText,
  lostOptions,
  merged,
  parseFragment,
  readFragment,
  withoutRemarks,
} from './config-fragment.ts'

const of = (series: string) => ({ series, release: `${series}.1` })

await t.test(
  'whatever a boot and the trace need is in our own fragment, or nothing but kconfig decides on it',
  (t) => {
    for (const series of ['5.10', '6.1', '6.12', '7.3']) {
      const wanted = readFragment(fragmentPath, of(series))
      const config = new Map(wanted.map(({ name, value }) => [name, value]))
      const missing = missingOptions(config, [...neededToBoot, ...neededToTrace], false)
      // The 64-bit kernel is asked for by another name.
      t.same(
        missing.map(({ option }) => option),
        ['CONFIG_X86_64'],
        series,
      )
      t.equal(config.get('CONFIG_64BIT'), 'y')
      t.equal(config.get('CONFIG_GENERIC_IRQ_DEBUGFS'), 'y')
      t.equal(config.get('CONFIG_NR_CPUS'), '64')
      t.equal(
        config.get('CONFIG_MODULES'),
        series === '5.10' || series === '6.1' ? 'y' : 'n',
        'kprobes need it before 6.10',
      )
    }
    t.notMatch(readFileSync(fragmentPath, 'utf8'), /=m$/m)
    t.end()
  },
)

await t.test('limits hold up to the next empty line', (t) => {
  const text =
    'CONFIG_A=y\n#@ since 6.5\nCONFIG_B=y\n# CONFIG_C is not set\n\n#@ since 6.1 before 6.12\nCONFIG_D=4\n\nCONFIG_E="x y"\n'
  const names = (series: string) =>
    parseFragment(text, 'f', of(series)).map(({ name, value }) => `${name}=${value}`)
  t.same(names('6.1'), ['CONFIG_A=y', 'CONFIG_D=4', 'CONFIG_E="x y"'])
  t.same(names('6.5'), ['CONFIG_A=y', 'CONFIG_B=y', 'CONFIG_C=n', 'CONFIG_D=4', 'CONFIG_E="x y"'])
  t.same(names('6.12'), ['CONFIG_A=y', 'CONFIG_B=y', 'CONFIG_C=n', 'CONFIG_E="x y"'])
  t.same(names('5.10'), ['CONFIG_A=y', 'CONFIG_E="x y"'])
  t.end()
})

await t.test('a line that is none is told with its number', (t) => {
  for (const [text, message] of [
    ['CONFIG_A=y\nconfig_b=y', /^f:2: "config_b=y" is no line of a kernel configuration/],
    ['CONFIG_A=', /^f:1: /],
    ['CONFIG_A = y', /^f:1: /],
    ['\nCONFIG_A=m', /^f:2: CONFIG_A=m: no modules are built/],
    ['#@ from 6.5', /^f:1: "#@ from 6\.5": write/],
    ['#@', /^f:1: /],
  ] as const) {
    t.throws(() => parseFragment(text, 'f', of('6.12')), { constructor: UsageError, message }, text)
  }
  t.throws(() => readFragment('/nonesuch', of('6.12')), UsageError)
  t.end()
})

await t.test('the later word counts; what is not as asked for is lost', (t) => {
  const ours = parseFragment('CONFIG_A=y\nCONFIG_N=4\n# CONFIG_U is not set\n', 'ours', of('6.12'))
  const mine = parseFragment('CONFIG_N=8\nCONFIG_Z=n\n', 'mine', of('6.12'))
  const wanted = merged(ours, mine)
  t.equal(fragmentText(wanted), 'CONFIG_A=y\nCONFIG_N=8\nCONFIG_U=n\nCONFIG_Z=n\n')
  t.same(
    lostOptions(
      wanted,
      new Map([
        ['CONFIG_A', 'y'],
        ['CONFIG_N', '8'],
      ]),
    ),
    [],
  )
  const lost = lostOptions(
    wanted,
    new Map([
      ['CONFIG_N', '4'],
      ['CONFIG_U', 'y'],
    ]),
  )
  t.match(lost, [
    { name: 'CONFIG_A', found: undefined, where: 'ours:1' },
    { name: 'CONFIG_N', value: '8', found: '4', where: 'mine:1' },
    { name: 'CONFIG_U', value: 'n', found: 'y' },
  ])
  t.equal(lost.length, 3)
  t.end()
})

await t.test('remarks have no part in the key', (t) => {
  t.equal(
    withoutRemarks('# why\n#@ since 6.5\n# CONFIG_A is not set\nCONFIG_B=y\n'),
    '#@ since 6.5\n# CONFIG_A is not set\nCONFIG_B=y\n',
  )
  t.end()
})
