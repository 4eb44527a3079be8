import t from 'tap'
import { figuresTable, formatValue } from './figures-table.ts'
import { summarize } from './figure.ts'

await t.test('columns line up, numbers to the right', async (t) => {
  const lines = figuresTable(
    summarize([
      { name: 'floor', unit: 'ms', samples: [2400, 2300, 2600] },
      { name: 'cold ready', unit: 'ms', samples: [3000, 12_000, 3200], per: 'floor', goalMax: 1.35 },
      { name: 'share', unit: '%', samples: [7.25] },
    ]),
  )
  t.same(lines, [
    '            median     min      max  ratio         goal',
    'floor       2.40 s  2.30 s   2.60 s',
    'cold ready  3.20 s  3.00 s  12.00 s  1.33 x floor  at most 1.35 x, reached',
    'share        7.3 %   7.3 %    7.3 %',
  ])
})

await t.test('a goal that is missed is said, in words', async (t) => {
  const [, line] = figuresTable(
    summarize([
      { name: 'help', unit: 'ms', samples: [90], per: 'node', goalMax: 4 },
      { name: 'node', unit: 'ms', samples: [20] },
    ]),
  )
  t.match(line, /4\.50 x node +at most 4 x, not reached$/)
})

await t.test('values have their unit and no false digits', async (t) => {
  t.equal(formatValue(41.234, 'ms'), '41.2 ms')
  t.equal(formatValue(412.34, 'ms'), '412 ms')
  t.equal(formatValue(4123.4, 'ms'), '4.12 s')
  t.equal(formatValue(101.6, 'MiB'), '102 MiB')
  t.equal(formatValue(0, '%'), '0.0 %')
})
