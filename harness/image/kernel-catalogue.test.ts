import t from 'tap'
import { readCatalogue } from './kernel-catalogue.ts'

const ours = readCatalogue()
t.ok(ours.series.some(({ name }) => name === ours.default))
t.same(
  ours.series.map(({ name }) => name),
  ['5.10', '6.1', '6.12', '6.16', '6.17', '6.18', '7.2', '7.3'],
)
for (const { name, suites } of ours.series)
  t.ok(
    suites.every((suite) => ours.suites.includes(suite)),
    name,
  )

const series = { '6.1': { suites: ['bookworm'], note: 'x' } }
const good = { default: '6.1', flavours: ['cloud-amd64', 'amd64'], suites: ['sid'], series }
t.same(readCatalogue(JSON.stringify(good)).series, [{ name: '6.1', suites: ['bookworm'], note: 'x' }])
t.equal(readCatalogue(JSON.stringify(good)).flavour, 'cloud-amd64', 'the first is the default')
const wrong = [
  [],
  { ...good, default: '6.2' },
  { ...good, flavours: 'amd64' },
  { ...good, flavours: [] },
  { ...good, flavours: ['amd64', 1] },
  { ...good, suites: [] },
  { ...good, suites: 'sid' },
  { ...good, series: [] },
  { ...good, series: { ...series, six: series['6.1'] } },
  { ...good, series: { '6.1': { suites: [], note: 'x' } } },
  { ...good, series: { '6.1': { suites: 'bookworm', note: 'x' } } },
  { ...good, series: { '6.1': { suites: ['bookworm'] } } },
]
for (const one of wrong)
  t.throws(() => readCatalogue(JSON.stringify(one)), { name: 'Bug' }, JSON.stringify(one))
