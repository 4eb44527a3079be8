import t from 'tap'
import { emptyCampaign, largeCampaign, wildCampaign } from './campaign-fixture.ts'
import { A_FILE } from './format.ts'
import { formatOf } from './formats.ts'
import { stepSummaryText } from './step-summary.ts'
import { wholeReport } from './whole-report.ts'

const github = await formatOf('github')

/** As the runner of GitHub Actions reads a command: properties end at `::`, and escapes are undone last. */
function read(line: string): { readonly level: string; readonly title: string; readonly message: string } {
  const [, level = '', title = '', message = ''] = /^::(\w+) title=([^:,]*)::(.*)$/.exec(line) ?? []
  const plain = (text: string) =>
    text
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%')
  return { level, title: plain(title), message: plain(message) }
}

await t.test('a line for each run that is not a pass, and one for the campaign', (t) => {
  const lines = wholeReport(github, wildCampaign(), A_FILE).trimEnd().split('\n').map(read)
  t.same(
    lines.map(({ level, title }) => `${level} ${title}`),
    [
      'error fail: fails on plain, 6.1.0-56-cloud-amd64',
      'error fail: faults on plain, 6.1.0-56-cloud-amd64',
      'warning broken: breaks on plain, 6.1.0-56-cloud-amd64',
      'notice known: is-known on plain, 6.1.0-56-cloud-amd64',
      'error fixed: is-fixed on plain, 6.1.0-56-cloud-amd64',
      'error irqlab: 1 of 8 runs were not run',
      'notice irqlab: 20261122T104612Z-nightly',
    ],
  )
  t.match(
    lines[2]?.message,
    /^boot\.ssh: no answer\nOops: [^]*\n::error::no command[^]*\nhint: wait longer, 100%\nevidence: /,
  )
  t.equal(lines.at(-1)?.message, '2 fail, 1 fixed, 1 broken, 1 not run, 1 known, 1 skip, 1 pass')
  t.end()
})

await t.test('the summary: what is bad on top, no text of a guest that Markdown or HTML would take', (t) => {
  const text = stepSummaryText(wildCampaign(), 1e6)
  const [shown = '', folded = ''] = text.split('that passed or had nothing to say')
  t.match(shown, '❌ **2** fail · ❗ **1** fixed · ❓ **1** broken · ⬜ **1** not run')
  t.match(shown, '> Not all was run: the campaign was ended by SIGINT.')
  t.match(
    shown,
    '| ❌ fail | fails | 6.1.0-56-cloud-amd64 | plain | 12.3 s | held violated on input.0 (irq 28): 1 to 2 |',
  )
  t.match(shown, '| ⬜ not run | never-was |')
  t.match(folded, '| ✅ pass | passes |')
  t.notMatch(shown.replaceAll(/^ {4}.*$/gm, ''), '<script>')
  t.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length)
  t.end()
})

await t.test('the summary is never larger than it may be, and closes what it opens', (t) => {
  const campaign = largeCampaign(500)
  for (const bytes of [1000, 5000, 20_000, 60_000, 1e6]) {
    const text = stepSummaryText(campaign, bytes)
    t.ok(Buffer.byteLength(text) <= bytes, `${Buffer.byteLength(text)} of ${bytes}`)
    t.equal(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length)
  }
  t.match(stepSummaryText(campaign, 20_000), /\.\.\. and \d+ more rows, which do not fit/)
  t.match(stepSummaryText(emptyCampaign(), 1e6), /no runs/)
  t.end()
})
