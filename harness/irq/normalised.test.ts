/** Do two kernels tell the same run in the same words, and another run in others? */
import t from 'tap'
import { normalised } from './normalised.ts'
import { RECORDED } from './recorded-fixture.ts'

const linesOf = (name: string, queue: string) => {
  const recorded = RECORDED.find((one) => one.name === name)
  if (recorded === undefined) throw new RangeError(`${name} is not recorded`)
  return normalised(recorded.run, queue)
}

await t.test('a deferred move: pending, moved in an interrupt, at rest', (t) => {
  const lines = linesOf('6.1-plain-exact-gate', 'virtio-serial')
  t.match(lines[0], /^request (\S+) as (?:list|hex): accepted; \1 reads back, effective is \d, pending$/)
  t.ok(lines.some((line) => /^ {2}set to CPU \d in an interrupt$/.test(line)))
  t.match(lines.at(-1), /^ {2}\d+ sent, \d+ received: \S+ reads back, effective is \d, not pending$/)
  t.notMatch(lines.join('\n'), /irq|vector|pid/i, 'nothing that is one kernel’s own')
  t.end()
})

await t.test('with remapping the same acts are told otherwise', (t) => {
  const lines = linesOf('7.3-remapped-immediate-move', 'input.0')
  t.ok(lines.includes(lines.find((line) => line.endsWith('in the write')) ?? 'no move in the write'))
  t.notOk(lines.some((line) => line.endsWith('in an interrupt')))
  t.end()
})

await t.test('a queue that was never written has no lines', (t) => {
  t.same(linesOf('6.1-plain-exact-gate', 'input.9'), [])
  t.end()
})
