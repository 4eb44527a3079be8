/** The same question on kernels of other series: the laws must hold on all of them, the old vector's cleanup included. */
import t from 'tap'
import { rehearse } from './rehearsal-fixture.ts'

const scenario = (name: string) => new URL(`../../scenarios/moving/${name}.ts`, import.meta.url).pathname

const ASKED = [
  { name: 'deferred-move', kernel: 'debian:5.10', verdicts: 32 + 36 },
  { name: 'deferred-move', kernel: 'debian:6.12', verdicts: 32 + 36 },
  { name: 'deferred-move', kernel: 'debian:7.3', verdicts: 32 + 36 },
  { name: 'immediate-move', kernel: 'debian:7.3', verdicts: 64 + 36 },
]

for (const { name, kernel, verdicts } of ASKED) {
  await t.test(`${name} on ${kernel}`, async (t) => {
    const { record, remove } = await rehearse({ scenario: scenario(name), kernel })
    remove()
    t.equal(record.outcome, 'pass', record.reason)
    t.equal(record.verdicts.length, verdicts)
  })
}
