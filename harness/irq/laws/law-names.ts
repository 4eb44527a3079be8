/** The names of all laws, as records and reports show them. */
export const LAW_NAMES = [
  'accepted',
  'held',
  'first-on-old',
  'then-on-new',
  'once',
  'released',
  'delivered',
  'settled',
  'at-the-write',
  'never-on-old',
  'replaced',
  'stayed',
  'kept-while-busy',
  'kept-offline',
  'fell-back',
  'moved-anyway',
  'dropped',
  'refused',
  'given-back',
  'last-word',
  'started-anew',
  'message-once',
  'message-by-way',
  'forbidden',
] as const

/** The name of one law. */
export type LawName = (typeof LAW_NAMES)[number]
