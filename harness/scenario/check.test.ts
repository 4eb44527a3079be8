import t from 'tap'
import { type Claim, claimsInto } from './check.ts'
import { moveOn, queueWith } from './move-fixture.ts'

const PLAIN = 'PCI-MSIX-0000:00:03.0'

await t.test('a claim that it moved stands for the laws that were predicted', async (t) => {
  const claims: Claim[] = []
  const check = claimsInto(claims)
  const [deferred, immediate] = [moveOn(queueWith(PLAIN)), moveOn(queueWith(`IR-${PLAIN}`))]
  check(deferred).moved()
  check(immediate).moved()
  t.strictSame(claims, [
    { move: deferred, book: 'deferred' },
    { move: immediate, book: 'immediate' },
  ])
})

await t.test('the other claims are what they say', async (t) => {
  const claims: Claim[] = []
  const check = claimsInto(claims)
  const move = moveOn(queueWith(PLAIN))
  check(move).replaced()
  check(move).stayed()
  t.same(
    claims.map(({ book }) => book),
    ['replaced', 'stayed'],
  )
})

await t.test('what always holds is claimed of no move, and heard of', async (t) => {
  const claims: Claim[] = []
  let heard = 0
  claimsInto(claims, () => heard++).always()
  t.equal(heard, 1)
  t.same(claims, [])
})

await t.test('a check without a claim claims nothing', async (t) => {
  const claims: Claim[] = []
  claimsInto(claims)(moveOn(queueWith(PLAIN)))
  t.same(claims, [])
})

await t.test('no law of moving is applied to an irqchip that we do not know', async (t) => {
  const claims: Claim[] = []
  const move = moveOn(queueWith('HV-PCI-MSIX-0000:00:03.0'))
  t.throws(() => claimsInto(claims)(move).moved(), {
    name: 'NotApplicable',
    need: 'a known irqchip',
    message: /HV-PCI/,
  })
  t.same(claims, [])
})
