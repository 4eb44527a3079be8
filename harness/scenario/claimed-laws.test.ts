/** Does the text of a body tell the laws that the body then claims? */
import t from 'tap'
import { LAW_BOOKS } from '../irq/laws/books.ts'
import { type Check, type Claim, claimsInto } from './check.ts'
import { claimedLaws } from './claimed-laws.ts'
import { moveOn, queueWith } from './move-fixture.ts'
import { scenario } from './scenario.ts'

const MOVE = moveOn(queueWith('PCI-MSIX-0000:00:03.0'))

/** A scenario whose body does nothing but claim. */
function claiming(machine: string, claim: (check: Check) => void) {
  const definition = scenario({
    name: 'claims',
    question: 'Is it so?',
    machine,
    needs: [],
    run: () => Promise.resolve(),
  })
  // The body's text is what is read, so it has to be the claim itself.
  return { ...definition, run: claim as unknown as typeof definition.run }
}

await t.test('every claim is told as the laws that it stands for', async (t) => {
  const all: readonly ((check: Check) => void)[] = [
    (check) => check(MOVE).moved(),
    (check) => check(MOVE).replaced(),
    (check) => check(MOVE).stayed(),
    (check) => check(MOVE).movedAfterCleanup(),
    (check) => check(MOVE).movedOffline(),
    (check) => check(MOVE).fellBack(),
    (check) => check(MOVE).startedAnew(),
    (check) => check(MOVE).movedAnyway(),
    (check) => check(MOVE).foundNoVector(),
    (check) => check(MOVE).vectorsGivenBack(),
    (check) => check(MOVE).lastWord(),
    (check) => check(MOVE).messages({ maskable: true }),
    (check) => check(MOVE).messages({ maskable: false }),
    (check) => check(MOVE).movedByInterruptAlone(),
    (check) => check(MOVE).keptUnderLoad(),
    (check) => check(MOVE).forbidden(),
    (check) => check(MOVE).movedIfItFired(),
    (check) => check(MOVE).unmoved(),
    (check) => check(MOVE).understood(),
    (check) => check(MOVE).started(),
  ]
  for (const claim of all) {
    const claims: Claim[] = []
    claim(claimsInto(claims))
    const expected = claims.flatMap(({ book }) => LAW_BOOKS[book].map(({ name }) => name))
    t.ok(expected.length > 0)
    t.same(claimedLaws(claiming('plain', claim)), expected, claim.toString())
  }
  const checks = Object.keys(claimsInto([])(MOVE))
  for (const check of checks)
    t.ok(
      all.some((claim) => claim.toString().includes(`.${check}(`)),
      `${check} is tried here`,
    )
})

await t.test('what moved() stands for is told by the machine', async (t) => {
  const laws = claimedLaws(claiming('remapped', (check) => check(MOVE).moved()))
  t.ok(laws.includes('at-the-write'))
  t.notOk(laws.includes('held'))
})

await t.test('a law that several claims ask is told once; a body without a claim tells none', async (t) => {
  const laws = claimedLaws(
    claiming('plain', (check) => {
      check(MOVE).replaced()
      check(MOVE).stayed()
    }),
  )
  t.same(laws, [...new Set(laws)])
  t.same(claimedLaws(claiming('plain', () => undefined)), [])
})
