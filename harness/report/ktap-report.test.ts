import t from 'tap'
import type { Campaign } from '../record/read-campaign.ts'
import { emptyCampaign, largeCampaign, wildCampaign } from './campaign-fixture.ts'
import { A_FILE } from './format.ts'
import { formatOf } from './formats.ts'
import { wholeReport } from './whole-report.ts'

const ktap = await formatOf('ktap')
const linesOf = (campaign: Campaign) => wholeReport(ktap, campaign, A_FILE).split('\n')

// What kunit.py makes of it is in foreign-readers.guest.test.ts, which fetches the kernel's source.
await t.test('every outcome', (t) => {
  const lines = linesOf(wildCampaign())
  t.same(
    lines
      .filter((line) => /^(?:not )?ok/.test(line))
      .map((line) => line.replace('.plain.6.1.0-56-cloud-amd64', '')),
    [
      'ok 1 passes',
      'not ok 2 fails',
      'not ok 3 faults',
      lines.find((line) => line.startsWith('not ok 4'))?.replace('.plain.6.1.0-56-cloud-amd64', ''),
      'ok 5 is-known # XFAIL held violated on input.0 (irq 28): 1 to 2 (+1 is why)',
      'not ok 6 is-fixed',
      'ok 7 skips # SKIP needs 8 CPUs: the machine + cannot',
      'not ok 8 never-was # ERROR the campaign was ended by SIGINT',
    ],
  )
  t.match(
    lines.find((line) => line.startsWith('not ok 4')),
    /^not ok 4 breaks\S+ # ERROR no answer Oops: \\x07bell/,
  )
  t.ok(lines.includes('  not ok 3 outcome-fixed'), 'kunit.py counts the laws, and all of them held')
  t.equal(lines[lines.length - 2], '# the campaign was ended by SIGINT: 1 of 8 runs were not run')
  t.end()
})

await t.test('no line can be taken for another', (t) => {
  const lines = linesOf(wildCampaign())
  for (const line of lines) {
    t.match(
      line,
      /^(?: {2})?(?:KTAP version 1|1\.\.\d+|(?:not )?ok \d+ [^#]+(?: # (?:SKIP|XFAIL|ERROR)[^#]*)?|# .*)?$/,
    )
    // At these kunit.py stops reading.
    t.notMatch(line, /List of all partitions:|not syncing: VFS:|reboot: System halted/)
  }
  t.end()
})

await t.test('many, none', (t) => {
  t.equal(linesOf(largeCampaign(500)).filter((line) => /^(?:not )?ok/.test(line)).length, 500)
  t.same(linesOf(emptyCampaign()), ['KTAP version 1', '1..0', ''])
  t.end()
})
