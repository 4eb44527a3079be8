import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Campaign } from '../record/read-campaign.ts'
import { wildCampaign } from './campaign-fixture.ts'
import { A_FILE } from './format.ts'
import { formatOf, REPORT_KINDS, type ReportKind } from './formats.ts'
import { LiveReports } from './live-reports.ts'
import { ReportFile } from './report-file.ts'
import { eventStream, streamOf } from './report-stream.ts'
import { wholeReport } from './whole-report.ts'

/** Lets a campaign happen, one attempt after the other; what it was before it began is `done` attempts. */
async function happen(campaign: Campaign, reports: LiveReports, done = 0): Promise<void> {
  const { plan, dir, attempts, dirs } = campaign
  if (plan === undefined) throw new Error('the campaign has a plan')
  const { endedAt: _, endedBy: __, ...begun } = plan
  const at = (record: (typeof attempts)[number]) => dirs.get(record) ?? ''
  const before = attempts.slice(0, done)
  const due = new Set(
    campaign.runs.map(({ run }) => run).filter((run) => !before.some((one) => one.run === run)),
  )
  reports.begin(
    begun,
    dir,
    before.map((record) => [record, at(record)] as const),
    due,
  )
  for (const record of attempts.slice(done)) {
    reports.started(record.run, record.attempts)
    reports.attemptEnded(record, at(record), true)
  }
  t.same((await reports.end(plan, dir)).troubles, [])
}

await t.test('what was streamed while it ran is what a report makes of its records', async (t) => {
  for (const kind of REPORT_KINDS) {
    const format = await formatOf(kind)
    for (const done of [0, 3]) {
      let streamed = ''
      await happen(
        wildCampaign(),
        new LiveReports(
          [],
          streamOf(format, A_FILE, (text) => (streamed += text)),
        ),
        done,
      )
      t.equal(
        streamed,
        wholeReport(format, wildCampaign(), A_FILE),
        `${kind}, of which ${done} runs were done before`,
      )
    }
  }
})

await t.test('events come as they happen', async (t) => {
  const lines: string[] = []
  await happen(
    wildCampaign(),
    new LiveReports(
      [],
      eventStream((text) => lines.push(text)),
    ),
  )
  t.same(
    lines.map((line) => (JSON.parse(line) as { event: string }).event),
    ['campaign-start', ...Array.from({ length: 7 }, () => ['run-start', 'run-end']).flat(), 'campaign-end'],
  )
})

await t.test('a file is whole at any moment, and says what was not run', async (t) => {
  const dir = t.testdir()
  const campaign = wildCampaign()
  const { plan } = campaign
  if (plan === undefined) throw new Error('the campaign has a plan')
  const { endedAt: _, endedBy: __, ...begun } = plan
  const kinds: readonly ReportKind[] = ['junit', 'tap', 'plain']
  const files = await Promise.all(
    kinds.map(async (kind) => {
      const format = await formatOf(kind)
      return new ReportFile(join(dir, kind), (now) => wholeReport(format, now, A_FILE), 1)
    }),
  )
  const text = (kind: ReportKind) => readFileSync(join(dir, kind), 'utf8')
  const settled = () => Promise.all(files.map((file) => file.settled()))
  const reports = new LiveReports(files)
  reports.begin(begun, campaign.dir)
  await settled()
  t.equal(text('junit').match(/not run: the campaign has not ended/g)?.length, 8)
  t.match(text('tap'), /^Bail out! the campaign has not ended: 8 of 8 runs were not run$/m)
  const [first] = campaign.attempts
  if (first === undefined) throw new Error('there are attempts')
  reports.attemptEnded(first, 'anywhere', true)
  await settled()
  t.equal(text('junit').match(/not run: the campaign has not ended/g)?.length, 7)
  t.match(text('plain'), /1 pass, 7 not run;/)
})
