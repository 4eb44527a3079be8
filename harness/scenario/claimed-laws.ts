/** Which laws will a scenario ask? Read from the text of its body, so that it can be told without booting a guest. */
import { type BookName, LAW_BOOKS } from '../irq/laws/books.ts'
import type { LawName } from '../irq/laws/law-names.ts'
import type { MoveChecks } from './check.ts'
import type { Scenario } from './scenario.ts'

/** The books that a claim stands for; `args` is the text between its parentheses. A claim that is missing does not compile. */
const BOOKS: Readonly<Record<keyof MoveChecks, (args: string, scenario: Scenario) => BookName>> = {
  // Predicted from the irqchip when it is asked; the machine tells it beforehand.
  moved: (_, { machine }) => (machine.remapping === 'none' ? 'deferred' : 'immediate'),
  replaced: () => 'replaced',
  stayed: () => 'stayed',
  movedAfterCleanup: () => 'busy',
  movedOffline: () => 'offline',
  fellBack: () => 'fell-back',
  movedAnyway: () => 'crowded-out',
  foundNoVector: (_, { machine }) => (machine.remapping === 'none' ? 'dropped' : 'refused'),
  vectorsGivenBack: () => 'given-back',
  lastWord: () => 'last-word',
  startedAnew: () => 'started-anew',
  messages: (args) => (/\bmaskable: true\b/.test(args) ? 'maskable' : 'unmaskable'),
  movedByInterruptAlone: () => 'polled',
  keptUnderLoad: () => 'load',
  forbidden: () => 'forbidden',
  movedIfItFired: () => 'at-will',
  unmoved: () => 'unmoved',
  understood: () => 'input',
  started: () => 'untouched',
}

/** The laws that the body claims, each once, in the order of the books. None for a body that makes its claims elsewhere. */
export function claimedLaws(scenario: Scenario): readonly LawName[] {
  const body = scenario.run.toString()
  const claims = Object.keys(BOOKS) as readonly (keyof MoveChecks)[]
  const books = claims.flatMap((claim) =>
    [...body.matchAll(new RegExp(String.raw`\.${claim}\(([^)]*)\)`, 'g'))].map(([, args = '']) =>
      BOOKS[claim](args, scenario),
    ),
  )
  return [...new Set(books.flatMap((book) => LAW_BOOKS[book].map(({ name }) => name)))]
}
