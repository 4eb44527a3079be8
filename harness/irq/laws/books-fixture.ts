/** Every changed fact that the laws of a book must notice, and those that they must not mind. For tests. */
import type { BookName } from './books.ts'
import { BUSY_FACTS } from './doctored-busy-fixture.ts'
import { DELIVERY_FACTS, END_FACTS, LATER_FACTS, VECTOR_FACTS } from './doctored-aftermath-fixture.ts'
import { DEFERRED_FACTS, FIRST_FACTS, HARMLESS_FACTS } from './doctored-deferred-fixture.ts'
import type { DoctoredFact, HarmlessFact } from './doctored-fact-fixture.ts'
import { HOLD_FACTS } from './doctored-hold-fixture.ts'
import { HARMLESS_AT_ONCE, OLD_CPU_FACTS, WRITE_FACTS } from './doctored-immediate-fixture.ts'
import { REQUEST_FACTS } from './doctored-request-fixture.ts'
import { REPLACED_FACTS, STAYED_FACTS } from './doctored-requests-fixture.ts'

const AFTERMATH = [...LATER_FACTS, ...VECTOR_FACTS, ...DELIVERY_FACTS, ...END_FACTS]

/** By book. Each fact is one law's matter. */
export const DOCTORED: Readonly<Record<BookName, readonly DoctoredFact[]>> = {
  deferred: [...REQUEST_FACTS, ...HOLD_FACTS, ...FIRST_FACTS, ...DEFERRED_FACTS, ...AFTERMATH],
  immediate: [...REQUEST_FACTS, ...WRITE_FACTS, ...OLD_CPU_FACTS, ...AFTERMATH],
  replaced: [...REQUEST_FACTS, ...REPLACED_FACTS],
  'replaced-at-once': [],
  stayed: [...REQUEST_FACTS, ...STAYED_FACTS],
  busy: [...REQUEST_FACTS, ...BUSY_FACTS, ...DELIVERY_FACTS],
  offline: [],
  'stayed-at-once': [],
  roomiest: [],
  'busy-at-once': [],
  'at-will': [],
  'at-will-at-once': [],
  unmoved: [],
  'fell-back': [],
  'crowded-out': [],
  dropped: [],
  refused: [],
  'given-back': [],
  'last-word': [],
  'started-anew': [],
  maskable: [],
  unmaskable: [],
  forbidden: [],
  input: [],
  untouched: [],
  polled: [],
  'polled-at-once': [],
  load: [],
}

/** By book. Nothing may come of them. */
export const HARMLESS: Readonly<Record<BookName, readonly HarmlessFact[]>> = {
  deferred: HARMLESS_FACTS,
  immediate: HARMLESS_AT_ONCE,
  replaced: [],
  'replaced-at-once': [],
  stayed: [],
  busy: [],
  offline: [],
  'stayed-at-once': [],
  roomiest: [],
  'busy-at-once': [],
  'at-will': [],
  'at-will-at-once': [],
  unmoved: [],
  'fell-back': [],
  'crowded-out': [],
  dropped: [],
  refused: [],
  'given-back': [],
  'last-word': [],
  'started-anew': [],
  maskable: [],
  unmaskable: [],
  forbidden: [],
  input: [],
  untouched: [],
  polled: [],
  'polled-at-once': [],
  load: [],
}

/** All books. */
export const BOOKS = [
  'deferred',
  'immediate',
  'replaced',
  'stayed',
  'busy',
] as const satisfies readonly BookName[]
