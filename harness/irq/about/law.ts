/** What should one know of a law beside its wording: why it matters, where the kernel obeys it, what a violation means. */
import { ALWAYS } from '../laws/always.ts'
import { LAW_BOOKS } from '../laws/books.ts'
import type { LawName } from '../laws/law-names.ts'
import type { StepName } from './kernel-path.ts'
import { ABOUT_IRQS } from './irqs.ts'
import { ABOUT_IRQS_APART } from './irqs-apart.ts'
import { ABOUT_MOVES } from './moves.ts'
import { ABOUT_REQUESTS } from './requests.ts'

/** The knowledge about one law. Its wording stays where it is judged. */
export interface AboutLaw {
  /** What goes wrong on a real machine where it does not hold. */
  readonly matters: string
  /** The functions of the kernel that see to it, in the order in which they run. */
  readonly path: readonly StepName[]
  /** What a violation means. */
  readonly violation: string
  /** Where to look first, the most likely place first. */
  readonly look: readonly string[]
}

/** A law that is missing here does not compile: tell it in one of the four files, as those beside it are told. */
const ABOUT_LAWS: Readonly<Record<LawName, AboutLaw>> = {
  ...ABOUT_MOVES,
  ...ABOUT_REQUESTS,
  ...ABOUT_IRQS,
  ...ABOUT_IRQS_APART,
}

/** The knowledge about a law. */
export function aboutLaw(name: LawName): AboutLaw {
  return ABOUT_LAWS[name]
}

/** The statement of a law, as it is judged. Throws `RangeError` for a law that no claim stands for. */
export function wordingOf(name: LawName): string {
  const law = [...Object.values(LAW_BOOKS).flat(), ...ALWAYS].find((candidate) => candidate.name === name)
  if (law === undefined) throw new RangeError(`the law ${name} is in no book`)
  return law.wording
}
