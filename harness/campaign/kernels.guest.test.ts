/** The same question on kernels of other series: the laws must hold on all of them, the old vector's cleanup included. */
import t from 'tap'
import { rehearse } from './rehearsal-fixture.ts'

const scenario = (name: string) => new URL(`../../scenarios/${name}.ts`, import.meta.url).pathname

const ASKED = [
  { name: 'deferred-move', kernel: 'debian:5.10', verdicts: 32 },
  { name: 'deferred-move', kernel: 'debian:6.12', verdicts: 32 },
  { name: 'deferred-move', kernel: 'debian:7.3', verdicts: 32 },
  { name: 'immediate-move', kernel: 'debian:7.3', verdicts: 64 },
]

for (const { name, kernel, verdicts } of ASKED) {
  await t.test(`${name} on ${kernel}`, async (t) => {
    const { record, records, remove } = await rehearse({ scenario: scenario(name), kernel, retries: 1 })
    remove()
    // On TCG the emulator may run code that these kernels have patched since; nothing else is tried again.
    for (const broken of records.slice(0, -1)) t.equal(broken.stage, 'emulator.stale-code', broken.reason)
    t.equal(record.outcome, 'pass', record.reason)
    t.equal(record.verdicts.length, verdicts)
  })
}
