/** Recipes for requests that wait, and for irqs that do not go where they were sent. */
import {
  askedLines,
  atRest,
  checkMoved,
  fired,
  heldLines,
  maskCode,
  needsFor,
  otherThan,
  type Recipe,
  type RecipeFacts,
  requests,
} from './recipe.ts'

const WRITE_AGES = 'when the request was written, and by whom: here it is written once, by irqlab'

/** The mask is written, and then no interrupt comes. */
export function pendingAndQuiet(facts: RecipeFacts): Recipe {
  return {
    question: 'Does a request wait for as long as its irq is quiet, and move with the next interrupt?',
    says: ['The mask is written and no interrupt comes: it waits. Then one comes, and the irq moves.'],
    needs: needsFor(facts),
    lines: [
      ...askedLines(facts.asked),
      '',
      ...atRest,
      '',
      '// What somebody did there. From now on these irqs are quiet.',
      ...requests,
      ...heldLines(facts),
      '// Does the guest look as the machine did?',
      'await capture()',
      '',
      '// One interrupt moves it, the others come on its new CPU.',
      ...fired,
      ...checkMoved,
    ],
    madeUp: [WRITE_AGES],
  }
}

/** With remapping: two writes microseconds apart, and the second meets the cleanup of the first. */
export function pendingThoughRemapped(facts: RecipeFacts): Recipe {
  const { asked, all } = facts
  return {
    question: 'With remapping, does a write right after another one wait for an interrupt, however long?',
    says: [
      'Two writes microseconds apart: the first is made at once, the second meets the cleanup of its old vector and waits.',
    ],
    needs: needsFor(facts),
    lines: [
      ...askedLines(asked),
      '',
      '// At rest, on a CPU that it is not to be on.',
      ...asked.map(
        (_, at) =>
          `await asked[${at}]?.target.irq.request(${maskCode(otherThan(all, asked[at]?.was ?? all, asked[at]?.mask ?? all))})`,
      ),
      'await traffic.probe(targets)',
      'await traffic.probe(targets, { count: 2 })',
      '',
      'const moves = []',
      'for (const { target, was, mask } of asked) moves.push(await target.irq.requestInARow(was, mask))',
      ...heldLines(facts),
      '// Does the guest look as the machine did?',
      'await capture()',
      '',
      ...fired,
      '',
      'for (const move of moves) check(move).movedAfterCleanup()',
    ],
    madeUp: [
      'the write before the last one: the kernel leaves a remapped request waiting only when another was made within milliseconds',
    ],
  }
}

/** The mask is written and interrupts come: a right kernel moves with the first. */
export function pendingThoughFiring(facts: RecipeFacts): Recipe {
  return {
    question: 'Does a request that waits move its irq when interrupts come?',
    says: [
      'The mask is written, and then interrupts come. A right kernel moves the irq with the first of them.',
    ],
    needs: needsFor(facts),
    lines: [
      ...askedLines(facts.asked),
      '',
      ...atRest,
      '',
      ...requests,
      ...heldLines(facts),
      '// The first should move it; then as many between the two samples as are enough for any move.',
      'await traffic.probe(targets)',
      'await capture({ during: () => traffic.probe(targets, { count: 8 }) })',
      ...checkMoved,
    ],
    madeUp: [WRITE_AGES, 'the traffic: single interrupts here, whatever it was there'],
  }
}

/** The irq moves, and then interrupts come: on the CPU where it is? */
export function countedElsewhere(facts: RecipeFacts): Recipe {
  return {
    question: 'Are interrupts counted where the irq is, and nowhere else?',
    says: ['The irq is brought to its CPU, and fires there between two looks.'],
    needs: needsFor(facts),
    lines: [
      ...askedLines(facts.asked),
      '',
      '// From another CPU to the one where it was.',
      ...atRest,
      ...requests,
      ...fired,
      'await capture({ during: () => traffic.probe(targets, { count: 20 }) })',
      '',
      'check.always()',
    ],
    madeUp: ['the traffic: single interrupts here, whatever it was there'],
  }
}

/** Nothing in particular: the masks of the machine, and what always holds. */
export function general(facts: RecipeFacts): Recipe {
  return {
    question: 'With the masks of this machine, does what always holds hold?',
    says: ['No symptom was recognised: these are the masks of the machine, and what always holds is asked.'],
    needs: needsFor(facts),
    lines: [
      ...askedLines(facts.asked),
      '',
      ...atRest,
      '',
      ...requests,
      ...heldLines(facts),
      ...fired,
      'await capture({ during: () => traffic.probe(targets, { count: 4 }) })',
      '',
      'check.always()',
    ],
    madeUp: ['the symptom: none was recognised, so nothing in particular is looked for'],
  }
}
