import t from 'tap'
import { figuresMarkdown, figuresTable, formatValue } from './figures-table.ts'
import { summarize } from './figure.ts'

const FIGURES = summarize([
  { name: 'floor', unit: 'ms', samples: [2400, 2000, 3000] },
  { name: 'cold ready', unit: 'ms', samples: [3000, 3000, 12_000], per: 'floor', goalMax: 1.25 },
  { name: 'share', unit: '%', samples: [7.25], goalMax: 15 },
  { name: 'peak', unit: 'MB', samples: [151, 152], goalMax: 150 },
  { name: 'warm runs, 1 job', unit: 'a minute', samples: [12] },
  { name: 'warm runs, 2 jobs', unit: 'a minute', samples: [18], per: 'warm runs, 1 job' },
])

await t.test('columns line up, numbers to the right', async (t) => {
  t.same(figuresTable(FIGURES), [
    '                          median            min            max  ratio                    goal',
    'floor                     2.40 s         2.00 s         3.00 s',
    'cold ready                3.00 s         3.00 s        12.00 s  1.50 x floor             at most 1.25 x, not reached',
    'share                      7.3 %          7.3 %          7.3 %                           at most 15 %, reached',
    'peak                      152 MB         151 MB         152 MB                           at most 150 MB, not reached',
    'warm runs, 1 job   12.0 a minute  12.0 a minute  12.0 a minute',
    'warm runs, 2 jobs  18.0 a minute  18.0 a minute  18.0 a minute  1.50 x warm runs, 1 job',
  ])
})

await t.test('in Markdown, multiples with their own spread', async (t) => {
  t.same(figuresMarkdown(FIGURES), [
    '| figure            |                         | lowest to highest | samples | goal                        |',
    '| ----------------- | ----------------------- | ----------------- | ------- | --------------------------- |',
    '| floor             | 1                       | 0.83 to 1.25      | 3       |                             |',
    '| cold ready        | 1.50 x floor            | 1.25 to 4.00      | 3       | at most 1.25 x, not reached |',
    '| share             | 7.3 %                   |                   | 1       | at most 15 %, reached       |',
    '| peak              | 152 MB                  | 151 MB to 152 MB  | 2       | at most 150 MB, not reached |',
    '| warm runs, 1 job  | 12.0 a minute           |                   | 1       |                             |',
    '| warm runs, 2 jobs | 1.50 x warm runs, 1 job |                   | 1       |                             |',
  ])
})

await t.test('values have their unit and no false digits', async (t) => {
  t.equal(formatValue(41.234, 'ms'), '41.2 ms')
  t.equal(formatValue(412.34, 'ms'), '412 ms')
  t.equal(formatValue(4123.4, 'ms'), '4.12 s')
  t.equal(formatValue(101.6, 'MB'), '102 MB')
  t.equal(formatValue(0, '%'), '0.0 %')
})
