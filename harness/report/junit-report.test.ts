import t from 'tap'
import { convert } from 'xmlbuilder2'
import type { Campaign } from '../record/read-campaign.ts'
import { emptyCampaign, largeCampaign, wildCampaign } from './campaign-fixture.ts'
import { A_FILE } from './format.ts'
import { formatOf } from './formats.ts'
import { wholeReport } from './whole-report.ts'

interface Suite {
  readonly '@name': string
  readonly testcase: readonly Readonly<Record<string, string | Readonly<Record<string, string>>>>[]
}

const junit = await formatOf('junit')
const textOf = (campaign: Campaign) => wholeReport(junit, campaign, A_FILE)

function parsed(campaign: Campaign): {
  readonly root: Readonly<Record<string, unknown>>
  readonly suites: readonly Suite[]
} {
  const { testsuites } = convert(textOf(campaign), { format: 'object' }) as unknown as {
    testsuites: Readonly<Record<string, unknown>>
  }
  const { testsuite = [] } = testsuites as { testsuite?: Suite | readonly Suite[] }
  return { root: testsuites, suites: [testsuite].flat() }
}

// Whether the schema of Jenkins takes it is in foreign-readers.guest.test.ts, which installs xmllint.
await t.test('every outcome', (t) => {
  const { root, suites } = parsed(wildCampaign())
  t.match(root, { '@tests': '8', '@failures': '3', '@errors': '1', '@time': '86.415' })
  t.equal(suites.length, 1)
  t.equal(suites[0]?.['@name'], '6.1.0-56-cloud-amd64.plain')
  t.match(suites[0], { '@tests': '8', '@failures': '3', '@errors': '1', '@skipped': '3' })
  t.match(suites[0]?.testcase, [
    { '@name': 'passes', '@time': '12.345' },
    {
      '@name': 'fails',
      failure: { '@type': 'fail', '@message': 'held violated on input.0 (irq 28): 1 to 2' },
    },
    {
      '@name': 'faults',
      failure: { '@message': 'kernel: Kernel oops: Oops: int3', '#': /\n\]\]&gt; &amp; &lt;script&gt;alert/ },
    },
    { '@name': 'breaks', error: { '@type': 'broken', '@message': /^boot\.ssh: no answer Oops: \\x07bell/ } },
    { '@name': 'is-known', skipped: 'known: held violated on input.0 (irq 28): 1 to 2 (#1 is why)' },
    { '@name': 'is-fixed', failure: { '@type': 'fixed' } },
    { '@name': 'skips', skipped: 'skip: needs 8 CPUs: the machine # cannot' },
    { '@name': 'never-was', skipped: 'not run: the campaign was ended by SIGINT' },
  ])
  t.same(Object.keys(suites[0]?.testcase[0] ?? {}), ['@name', '@classname', '@time', 'system-out'])
  t.same(Object.keys(suites[0]?.testcase[7] ?? {}), ['@name', '@classname', 'skipped'])
  t.end()
})

await t.test('known failures that are to fail the campaign are failures', (t) => {
  const { options } = wildCampaign().plan ?? {}
  if (options === undefined) throw new Error('the campaign has options')
  const { root, suites } = parsed(wildCampaign({ options: { ...options, failOnKnown: true } }))
  t.equal(root['@failures'], '4')
  t.match(suites[0]?.testcase[4], { failure: { '@type': 'known' } })
  t.end()
})

await t.test('only characters that XML 1.0 allows; text and attributes come back as they were', (t) => {
  const text = textOf(wildCampaign())
  t.match(text, /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/)
  t.notMatch(text, /]]>/, 'nothing ends a section that there is not')
  t.match(text, 'Größe: 3 µs für Ärger, 日本')
  t.end()
})

await t.test('many, none, and no case without bound', (t) => {
  const text = textOf(largeCampaign(500))
  t.equal(text.match(/<testcase /g)?.length, 500)
  t.ok(text.length < 500 * 1000)
  const campaign = wildCampaign()
  for (const record of campaign.attempts) record.console = ['x'.repeat(1e6)]
  t.ok(textOf(campaign).length < 150_000, 'a million characters are cut')
  const { root, suites } = parsed(emptyCampaign())
  t.match(root, { '@tests': '0', '@failures': '0' })
  t.same(suites, [])
  t.end()
})
