/** `node harness/bench/make-doctored.ts DIR RECORDS`: fills a directory with doctored results, for history-bench.ts. */
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { RUNS_A_CAMPAIGN, writeDoctoredCampaign } from './doctored-results.ts'

const [dir = '', records = '100000'] = process.argv.slice(2)
mkdirSync(resolve(dir), { recursive: true })
const campaigns = Math.ceil(Number(records) / RUNS_A_CAMPAIGN)
const first = Date.parse('2025-01-01T02:00:00Z')
for (let number = 0; number < campaigns; number++) writeDoctoredCampaign(resolve(dir), number, first)
process.stdout.write(`${campaigns} campaigns, ${campaigns * RUNS_A_CAMPAIGN} records in ${resolve(dir)}\n`)
