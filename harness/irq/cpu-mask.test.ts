/** Does a mask of CPUs survive both text forms, and is anything else refused? */
import * as fc from 'fast-check'
import t from 'tap'
import { Bug } from '../base/errors.ts'
import { CpuMask } from './cpu-mask.ts'
import { MalformedText } from './malformed-text.ts'

const anyCpu = fc.oneof(fc.nat(7), fc.nat(130), fc.nat(8191))
const anyMask = fc.array(anyCpu, { maxLength: 40 }).map((cpus) => CpuMask.of(...cpus))

/** What a parser makes of a text: a list, or the fact that it refused with a named line. */
function readingOf(parse: () => CpuMask): string | undefined {
  try {
    return parse().toList()
  } catch (error) {
    if (error instanceof MalformedText && error.line === 1) return undefined
    throw error
  }
}

await t.test('reads and prints the list form', async (t) => {
  const cases: readonly (readonly [string, readonly number[], string])[] = [
    ['0', [0], '0'],
    ['0-3,8', [0, 1, 2, 3, 8], '0-3,8'],
    ['0-3,8\n', [0, 1, 2, 3, 8], '0-3,8'],
    ['8,0-3,2', [0, 1, 2, 3, 8], '0-3,8'],
    ['0,1', [0, 1], '0-1'],
    ['3-3', [3], '3'],
    ['007', [7], '7'],
    ['8191', [8191], '8191'],
  ]
  for (const [text, cpus, list] of cases) {
    t.same(CpuMask.fromList(text).cpus, cpus, text)
    t.equal(CpuMask.fromList(text).toList(), list)
  }
})

await t.test('refuses malformed lists', async (t) => {
  const bad = [
    '',
    '\n',
    ',',
    '0,',
    ',0',
    '0,,1',
    '3-1',
    '3-2',
    '0-',
    '-1',
    '0-3-5',
    '0x1',
    'f',
    'abc',
    'all',
    'N',
    '0-N',
    '0-3:1/2',
    '1 2',
    ' 1',
    '1 ',
    '1\n\n',
    '1\n2',
    '8192',
    '0-8192',
    '4294967296',
    '99999999999999999999',
    '1.5',
    '+1',
    '1\r\n',
  ]
  for (const text of bad) t.throws(() => CpuMask.fromList(text), MalformedText, JSON.stringify(text))
  t.throws(() => CpuMask.fromList('3-1', '/proc/irq/24/smp_affinity_list'), {
    source: '/proc/irq/24/smp_affinity_list',
    line: 1,
    text: '3-1',
    message: /reversed/,
  })
})

await t.test('an empty list is empty only where that was asked for', async (t) => {
  t.equal(CpuMask.fromListOrEmpty('').isEmpty, true)
  t.equal(CpuMask.fromListOrEmpty('\n').isEmpty, true)
  t.equal(CpuMask.fromListOrEmpty('2\n').toList(), '2')
  t.throws(() => CpuMask.fromListOrEmpty(' '), MalformedText)
})

await t.test('reads and prints the hexadecimal form', async (t) => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['f', '0-3', 'f'],
    ['0f\n', '0-3', 'f'],
    ['0', '', '0'],
    ['00000000,00000000', '', '0'],
    ['ff,00000001', '0,32-39', 'ff,00000001'],
    ['80000000', '31', '80000000'],
    ['FF', '0-7', 'ff'],
    ['1,00000000,80000000', '31,64', '1,00000000,80000000'],
  ]
  for (const [text, list, hex] of cases) {
    t.equal(CpuMask.fromHex(text).toList(), list, text)
    t.equal(CpuMask.fromHex(text).toHex(), hex)
  }
  t.equal(CpuMask.fromHex('16').toList(), '1-2,4', 'a decimal 16 is not CPU 4: the form is never guessed')
})

await t.test('refuses malformed hexadecimal masks', async (t) => {
  const bad = [
    '',
    '\n',
    ',',
    '0x1',
    'zz',
    '-1',
    '1,1',
    '1,0000001',
    '1,000000001',
    '123456789',
    '1,',
    ',00000001',
    ' 1',
    '1 ',
    '1\n\n',
    '0-3',
  ]
  for (const text of bad) t.throws(() => CpuMask.fromHex(text), MalformedText, JSON.stringify(text))
  t.throws(() => CpuMask.fromHex(`1${',00000000'.repeat(256)}`), { message: /CPU 8192 is beyond 8191/ })
  t.equal(CpuMask.fromHex(`80000000${',00000000'.repeat(255)}`).toList(), '8191')
  t.equal(CpuMask.fromHex(`0${',00000000'.repeat(256)}`).isEmpty, true, 'leading zeros are no CPUs')
})

await t.test('prints as a kernel of so many possible CPUs does', async (t) => {
  t.equal(CpuMask.of(2).toHex(4), '4')
  t.equal(CpuMask.of(2).toHex(5), '04')
  t.equal(CpuMask.of(2).toHex(8), '04')
  t.equal(CpuMask.of(2).toHex(32), '00000004')
  t.equal(CpuMask.of(2).toHex(33), '0,00000004')
  t.equal(CpuMask.of(32).toHex(37), '01,00000000')
  t.equal(CpuMask.of().toHex(64), '00000000,00000000')
  t.throws(() => CpuMask.of(4).toHex(4), Bug)
  t.throws(() => CpuMask.of().toHex(0), Bug)
})

await t.test('is a set', async (t) => {
  const mask = CpuMask.of(3, 1, 2, 1)
  t.same(mask.cpus, [1, 2, 3])
  t.match(mask, { size: 3, isEmpty: false })
  t.equal(mask.has(2), true)
  t.equal(mask.has(0), false)
  t.equal(mask.minus(CpuMask.of(2, 9)).toList(), '1,3')
  t.equal(mask.union(CpuMask.of(0, 9)).toList(), '0-3,9')
  t.equal(mask.intersect(CpuMask.of(2, 9)).toList(), '2')
  t.equal(CpuMask.of(2).isSubsetOf(mask), true)
  t.equal(mask.isSubsetOf(CpuMask.of(2)), false)
  t.equal(CpuMask.of().isSubsetOf(mask), true)
  t.equal(mask.equals(CpuMask.of(1, 2, 3)), true)
  t.equal(mask.equals(CpuMask.of(1, 2, 4)), false)
  t.equal(mask.equals(CpuMask.of(1, 2)), false)
  t.equal(String(mask), '1-3')
  t.equal(JSON.stringify({ mask }), '{"mask":"1-3"}')
  t.equal(Object.isFrozen(mask.cpus), true)
})

await t.test('only() is for exactly one CPU', async (t) => {
  t.equal(CpuMask.of(0).only(), 0)
  t.throws(() => CpuMask.of().only(), Bug)
  t.throws(() => CpuMask.of(0, 1).only(), Bug)
})

await t.test('refuses what is no CPU number', async (t) => {
  for (const cpu of [-1, 8192, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    t.throws(() => CpuMask.of(cpu), Bug)
})

await t.test('any mask comes back from both forms', async (t) => {
  fc.assert(
    fc.property(anyMask, fc.nat(70), (mask, more) => {
      const cpuCount = (mask.cpus.at(-1) ?? 0) + 1 + more
      return (
        CpuMask.fromListOrEmpty(mask.toList()).equals(mask) &&
        CpuMask.fromListOrEmpty(`${mask.toList()}\n`).equals(mask) &&
        CpuMask.fromHex(mask.toHex()).equals(mask) &&
        CpuMask.fromHex(`${mask.toHex(cpuCount)}\n`).equals(mask) &&
        mask.toHex(cpuCount).replaceAll(',', '').length === Math.ceil(cpuCount / 4)
      )
    }),
  )
  t.pass()
})

await t.test('the algebra of sets holds', async (t) => {
  fc.assert(
    fc.property(anyMask, anyMask, (a, b) => {
      const common = a.intersect(b)
      return (
        a.minus(b).union(common).equals(a) &&
        common.isSubsetOf(a) &&
        common.equals(b.intersect(a)) &&
        a.union(b).size === a.size + b.size - common.size &&
        a.minus(b).intersect(b).isEmpty &&
        (a.isSubsetOf(b) && b.isSubsetOf(a)) === a.equals(b)
      )
    }),
  )
  t.pass()
})

await t.test('any text is a mask or an error that names the line', async (t) => {
  const anyText = fc.oneof(fc.string(), fc.stringMatching(/^[0189af,\n :/x-]{0,12}$/))
  fc.assert(
    fc.property(anyText, (text) => {
      const list = readingOf(() => CpuMask.fromList(text))
      const hex = readingOf(() => CpuMask.fromHex(text))
      const plain = text.replace(/\n$/, '')
      return (
        (list === undefined || /^[\d,-]+$/.test(plain)) && (hex === undefined || /^[\da-f,]+$/i.test(plain))
      )
    }),
    { numRuns: 500 },
  )
  t.pass()
})

await t.test(
  'a hexadecimal mask as printed for its machine, short of digits inside, is an error or the same mask',
  async (t) => {
    fc.assert(
      fc.property(anyMask, fc.nat(), (mask, at) => {
        const text = mask.toHex(8192)
        const cut = 9 + (at % (text.length - 9))
        const reading = readingOf(() => CpuMask.fromHex(text.slice(0, cut) + text.slice(cut + 1)))
        return reading === undefined || reading === mask.toList()
      }),
    )
    t.pass()
  },
)

await t.test('a file of the kernel must be whole', async (t) => {
  t.equal(CpuMask.fromListFile('0-3,12\n', 'x').toList(), '0-3,12')
  t.equal(CpuMask.fromListFile('\n', 'x').isEmpty, true)
  t.equal(CpuMask.fromHexFile('ff,00000001\n', 'x').toList(), '0,32-39')
  t.throws(() => CpuMask.fromListFile('', 'x'), { source: 'x', message: /empty/ })
  t.throws(() => CpuMask.fromListFile('1\n2\n', 'x'), MalformedText)
  t.throws(() => CpuMask.fromHexFile('1\n2\n', 'x'), MalformedText)
  t.throws(() => CpuMask.fromHexFile('\n', 'x'), MalformedText, 'the kernel prints zeros for the empty mask')
  fc.assert(
    fc.property(anyMask, fc.nat(), (mask, cut) => {
      const list = `${mask.toList()}\n`
      const hex = `${mask.toHex(8192)}\n`
      return (
        readingOf(() => CpuMask.fromListFile(list, 'x')) === mask.toList() &&
        readingOf(() => CpuMask.fromHexFile(hex, 'x')) === mask.toList() &&
        readingOf(() => CpuMask.fromListFile(list.slice(0, cut % list.length), 'x')) === undefined &&
        readingOf(() => CpuMask.fromHexFile(hex.slice(0, cut % hex.length), 'x')) === undefined
      )
    }),
  )
})
