/** Which laws will a scenario ask? Read from the text of its body, so that it can be told without booting a guest. */
import { ALWAYS } from '../irq/laws/always.ts'
import { type BookName, LAW_BOOKS } from '../irq/laws/books.ts'
import type { LawName } from '../irq/laws/law-names.ts'
import type { MoveChecks } from './check.ts'
import type { Scenario } from './scenario.ts'

/** The books that a claim stands for; `args` is the text between its parentheses. A claim that is missing does not compile. */
const BOOKS: Readonly<Record<keyof MoveChecks, (args: string, scenario: Scenario) => BookName>> = {
  // Predicted from the irqchip when it is asked; the machine tells it beforehand.
  moved: (_, { machine }) => (machine.remapping === 'none' ? 'deferred' : 'immediate'),
  replaced: (_, { machine }) => (machine.remapping === 'none' ? 'replaced' : 'replaced-at-once'),
  stayed: (_, { machine }) => (machine.remapping === 'none' ? 'stayed' : 'stayed-at-once'),
  wentWhereMostIsLeft: () => 'roomiest',
  movedAfterCleanup: (_, { machine }) => (machine.remapping === 'none' ? 'busy' : 'busy-at-once'),
  movedOffline: () => 'offline',
  fellBack: () => 'fell-back',
  movedAnyway: () => 'crowded-out',
  foundNoVector: (_, { machine }) => (machine.remapping === 'none' ? 'dropped' : 'refused'),
  vectorsGivenBack: () => 'given-back',
  lastWord: () => 'last-word',
  startedAnew: () => 'started-anew',
  messages: (args) => (/\bmaskable: true\b/.test(args) ? 'maskable' : 'unmaskable'),
  movedByInterruptAlone: (_, { machine }) => (machine.remapping === 'none' ? 'polled' : 'polled-at-once'),
  keptUnderLoad: () => 'load',
  forbidden: () => 'forbidden',
  movedIfItFired: (_, { machine }) => (machine.remapping === 'none' ? 'at-will' : 'at-will-at-once'),
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
  const always = /\bcheck\.always\(\)/.test(body) ? ALWAYS : []
  const laws = [...books.flatMap((book) => LAW_BOOKS[book]), ...always]
  return [...new Set(laws.map(({ name }) => name))]
}
