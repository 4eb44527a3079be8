/** Every scenario on Debian's 6.1, on the machine that it declares: no law violated, none unproven, none skipped. */
import { readdirSync } from 'node:fs'
import t from 'tap'
import { rehearse } from './rehearsal-fixture.ts'

const SCENARIOS = new URL('../../scenarios/', import.meta.url).pathname

for (const file of readdirSync(SCENARIOS).filter((name) => name.endsWith('.ts'))) {
  await t.test(file, async (t) => {
    const { record, remove } = await rehearse({ scenario: `${SCENARIOS}${file}` })
    remove()
    t.equal(record.outcome, 'pass', record.reason)
    t.ok(record.verdicts.length >= 8, `${record.verdicts.length} verdicts`)
  })
}
