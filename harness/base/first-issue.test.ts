import t from 'tap'
import { z } from 'zod'
import { firstIssue } from './first-issue.ts'

const schema = z.strictObject({
  cpus: z.int().min(2),
  nic: z.strictObject({ pairs: z.array(z.int()) }),
  run: z.custom<() => void>((value) => value === undefined, 'give nothing').optional(),
})

/** What is said of a value that the schema refuses. */
function said(value: unknown): string {
  const { error } = schema.safeParse(value)
  return error === undefined ? 'accepted' : firstIssue(error, 'machine', value)
}

await t.test('the place, what stands there, and what should', async (t) => {
  const nic = { pairs: [1] }
  t.equal(said({ cpus: 4, nic }), 'accepted')
  t.match(said({ cpus: 1, nic }), /^machine\.cpus is 1: .*2/)
  t.match(said({ cpus: '4', nic }), /^machine\.cpus is "4": .*number/)
  t.match(said({ cpus: 4, nic: { pairs: [1, 2.5] } }), /^machine\.nic\.pairs\.1 is 2\.5: /)
  t.match(said({ cpus: 4, nic: { pairs: null } }), /^machine\.nic\.pairs is null: /)
  t.equal(said({ cpus: 4, nic, run: () => undefined }), 'machine.run is a function: give nothing')
  t.match(said(7), /^machine is 7: /)
})

await t.test('what is not there is missing', async (t) => {
  t.equal(said({ cpus: 4 }), 'machine.nic is missing')
  t.equal(said({ cpus: 4, nic: {} }), 'machine.nic.pairs is missing')
  t.equal(said(undefined), 'machine is missing')
})

await t.test('a stray field is named, with the one it stands in', async (t) => {
  t.equal(said({ cpus: 4, nic: { pairs: [], queues: 1 } }), 'machine.nic: Unrecognized key: "queues"')
})

await t.test('a long value is cut', async (t) => {
  t.match(said({ cpus: 'x'.repeat(1000), nic: { pairs: [] } }), /^machine\.cpus is "x{59}\.\.\.: /)
})
