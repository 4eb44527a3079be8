import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import t from 'tap'
import { judgedLines } from '../../history/history-line.ts'
import type { HistoryLine } from '../../history/lines.ts'
import type { Trend } from '../../history/trend.ts'
import type { Outcome } from '../../record/run-record.ts'
import { trendPage } from './trend-page.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await chromium.launch({
  executablePath: process.env['IRQLAB_CHROMIUM'] ?? '/usr/bin/chromium',
  // Its sandbox wants an ordinary user.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
t.teardown(() => browser.close())

const NIGHTS = 30
const OUTCOMES: Readonly<Record<string, Outcome>> = { x: 'fail', '?': 'broken', '~': 'known', '-': 'skip' }

/** A page of lines: the newest outcomes as signs, passes before; a night each. */
function page(signs: Readonly<Record<string, string>>): string {
  const campaigns = Array.from({ length: NIGHTS }, (_, at) => ({
    id: at,
    name: `night-${at}`,
    startedMs: Date.parse('2026-10-01T02:00:00Z') + at * 86_400_000,
    endedMs: undefined,
    endedBy: undefined,
    planned: undefined,
  }))
  const lines = Object.entries(signs).map(([scenario, newest], id): HistoryLine => ({
    id,
    scenario,
    kernel: 'debian:6.1',
    machine: 'plain',
    accel: 'tcg',
    setup: '',
    release: '6.1.0',
    runs: Array.from(newest.padStart(NIGHTS, '+')).map((sign, campaign) => ({
      outcome: OUTCOMES[sign] ?? 'pass',
      earlier: [],
      kernel: 1,
      campaign,
      startedMs: campaigns[campaign]?.startedMs ?? 0,
      runMs: 10_000 + ((campaign * 7919) % 700),
    })),
  }))
  const trend: Trend = {
    campaigns,
    lines: judgedLines(lines, campaigns).map((judged) => ({
      ...judged,
      cells: judged.line.runs.map(({ outcome }) => ({ outcome, runs: 1 })),
      durations: judged.line.runs.map(({ startedMs }) => ({ startedMs, runMs: 10_000 })),
    })),
    onlySkipped: 3,
  }
  const file = `${t.testdir()}/trend.html`
  writeFileSync(file, trendPage(trend, { where: 'results', nowMs: Date.parse('2026-10-31T00:00:00Z') }))
  return pathToFileURL(file).href
}

const url = page({ 'quiet-queue': '', 'deferred-<move>': '+x', 'shared-vector': '?', 'bad-hex': '~~~' })

await t.test(
  'no complaint, no request, nothing beside the page, and no serious fault, however it is looked at',
  async (t) => {
    for (const width of [360, 1280]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const look = `${width} columns, ${colorScheme}`
        const opened = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
        const complaints: string[] = []
        opened.on('console', (message) => complaints.push(message.text()))
        opened.on('pageerror', (error) => complaints.push(String(error)))
        opened.on('request', (request) => request.url() === url || complaints.push(request.url()))
        await opened.goto(url)
        t.same(complaints, [], look)
        t.equal(
          await opened.evaluate('document.documentElement.scrollWidth - innerWidth'),
          0,
          `${look}: fits`,
        )
        await opened.evaluate(axe)
        const { violations } = await opened.evaluate<{ violations: { id: string; impact: string }[] }>(
          'axe.run()',
        )
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        t.same(
          serious.map(({ id }) => id),
          [],
          `${look}: axe`,
        )
        await opened.close()
      }
    }
  },
)

await t.test('the grid by keyboard, and the filter', async (t) => {
  const opened = await browser.newPage()
  await opened.goto(url)
  const told = opened.locator('#told')
  await opened.locator('#grid td[tabindex="0"]').focus()
  t.match(
    await told.textContent(),
    /^deferred-<move> on debian:6\.1, plain, TCG: fail, in night-29 of 2026-10-30/,
  )
  await opened.keyboard.press('ArrowLeft')
  t.match(await told.textContent(), /: pass, in night-28/)
  await opened.keyboard.press('Home')
  t.match(await told.textContent(), /in night-0 /)
  await opened.keyboard.press('End')
  await opened.keyboard.press('ArrowDown')
  t.match(await told.textContent(), /^shared-vector .*: broken/)
  await opened.locator('#filter').fill('hex')
  t.equal(await opened.locator('#grid tbody tr:visible').count(), 1)
  t.equal(await opened.locator('.chart:visible').count(), 1)
  await opened.locator('#filter').fill('')
  await opened.locator('#which').selectOption('flaky')
  t.equal(await opened.locator('#grid tbody tr:visible').count(), 3)
  await opened.close()
})
