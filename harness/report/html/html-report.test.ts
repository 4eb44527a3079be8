import { inflateRawSync } from 'node:zlib'
import t from 'tap'
import { assert } from '../../base/errors.ts'
import { aPlan, aPlannedRun, recordOfPlanned, writeCampaign } from '../../record/campaign-fixture.ts'
import { readCampaign } from '../../record/read-campaign.ts'
import { attemptData } from './attempt-data.ts'
import { htmlReport } from './html-report.ts'
import type { RunData } from './report-data.ts'
import { HOSTILE, recordedCampaign } from './report-fixture.ts'

function unpacked(html: string, at: number): RunData {
  const [, text = '""'] = new RegExp(`id="data-${at}">(.*?)</script>`).exec(html) ?? []
  const data = Buffer.from(JSON.parse(text) as string, 'base64')
  return JSON.parse(inflateRawSync(data).toString()) as RunData
}

await t.test('totals, what failed first with its sentence, and every run', async (t) => {
  const html = htmlReport(recordedCampaign(t.testdir(), 6))
  t.match(html, '1 of 6 runs failed: the kernel did not do what it should.')
  t.match(html, /Look here first[\s\S]*accepted violated on input\.0/)
  t.equal(html.split('<tr data-at=').length - 1, 6)
  t.notMatch(html, '<img')
  t.notMatch(html, '<script>document')
})

await t.test(
  'a run carries its moves, verdicts, counters, console and the command that repeats it',
  async (t) => {
    const html = htmlReport(recordedCampaign(t.testdir(), 6))
    const failed = unpacked(html, 0).attempts[0]
    t.ok((failed?.moves.length ?? 0) > 0)
    t.ok(failed?.verdicts.some(({ sentence }) => sentence === HOSTILE))
    t.ok((failed?.counters?.rows.length ?? 0) > 0)
    t.match(failed?.again, /^irqlab run \S+ --kernel debian:\S+ --machine \S+ --seed 1$/)
    const broken = unpacked(html, 1).attempts[0]
    t.same(broken?.console?.[1], HOSTILE)
    t.match(broken?.missing, 'before it left evidence')
    t.match(broken?.qemu, ['/usr/bin/qemu-system-x86_64', '-nodefaults', '-kernel …/cache/bzImage'])
  },
)

await t.test('a campaign that was killed: what was done, and the rest as not run', async (t) => {
  const runs = [aPlannedRun(), aPlannedRun({ scenario: 'immediate-move' })]
  const { endedAt: _, ...plan } = aPlan({ runs })
  const [first] = runs
  const records = first === undefined ? [] : [recordOfPlanned(first, { files: [] })]
  const html = htmlReport(readCampaign(writeCampaign(t.testdir(), plan, records)))
  t.match(html, 'The campaign has not ended: 1 not run.')
  t.match(html, 'Nothing failed, but 1 of 2 runs cannot tell.')
  t.match(html, /data-outcome="not run"[\s\S]*immediate-move/)
  t.same(unpacked(html, 0).attempts, [])
})

await t.test('evidence that is gone or damaged is said, and the rest is shown', async (t) => {
  const campaign = recordedCampaign(t.testdir(), 3)
  const dirs = new Map([...campaign.dirs.keys()].map((record) => [record, t.testdirName]))
  const data = unpacked(htmlReport({ ...campaign, dirs }), 0)
  t.match(data.attempts[0]?.missing, 'The evidence cannot be read')
  t.ok((data.attempts[0]?.verdicts.length ?? 0) > 0)
})

await t.test('a run whose pictures are left out says so, and keeps verdicts and commands', async (t) => {
  const campaign = recordedCampaign(t.testdir(), 3)
  const record = campaign.attempts[2]
  assert(record !== undefined, 'a third run')
  const data = attemptData(record, campaign.dirs.get(record) ?? '', 'record alone')
  t.match(data.missing, 'left out to keep this file small')
  t.same(data.moves, [])
  t.equal(data.verdicts.length, record.verdicts.length)
  t.match(data.replay, `irqlab replay ${record.run}`)
})

await t.test('made again for a campaign that goes on, a run is read once', async (t) => {
  const campaign = recordedCampaign(t.testdir(), 3)
  const first = htmlReport(campaign)
  const dirs = new Map([...campaign.dirs.keys()].map((record) => [record, t.testdirName]))
  t.equal(htmlReport({ ...campaign, dirs }), first, 'its files are not looked at again')
})
