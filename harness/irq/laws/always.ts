/** The general laws, KERNEL.md's L1 to L10 and LR: they hold of every irq under test in every run. */
import { alive } from './alive.ts'
import { conserved } from './conserved.ts'
import { countedWhereProgrammed } from './counted-where-programmed.ts'
import { eventuallyMoved } from './eventually-moved.ts'
import { givenBackAlways } from './given-back.ts'
import { hardwareAgrees } from './hardware-agrees.ts'
import type { IrqLaw } from './law.ts'
import { noMoveUnasked } from './no-move-unasked.ts'
import { readsBack } from './reads-back.ts'
import { traced } from './traced.ts'

/** docs/LAWS.md, in its order. */
export const ALWAYS: readonly IrqLaw[] = [
  readsBack,
  noMoveUnasked,
  eventuallyMoved,
  countedWhereProgrammed,
  conserved,
  traced,
  givenBackAlways,
  hardwareAgrees,
  alive,
]
