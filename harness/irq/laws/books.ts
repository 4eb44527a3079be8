/** Which laws a claim stands for: a deferred move, an immediate one, one that must wait, a request replaced, one that changes nothing. */
import { accepted } from './accepted.ts'
import { atTheWrite } from './at-the-write.ts'
import { delivered } from './delivered.ts'
import { firstOnOld } from './first-on-old.ts'
import { held } from './held.ts'
import { keptWhileBusy } from './kept-while-busy.ts'
import type { Law } from './law.ts'
import { neverOnOld } from './never-on-old.ts'
import { once, onceAtOnce } from './once.ts'
import { released, releasedAtOnce } from './released.ts'
import { replaced } from './replaced.ts'
import { settled } from './settled.ts'
import { stayed } from './stayed.ts'
import { thenOnNew, thenOnNewAtOnce } from './then-on-new.ts'

/**
 * What is claimed of a move: that it waits, that it is made at once, that it never comes, that nothing changes, that it
 * also waits for the end of the move before it.
 */
export type BookName = 'deferred' | 'immediate' | 'replaced' | 'stayed' | 'busy'

/** docs/LAWS.md, in its order. */
export const LAW_BOOKS: Readonly<Record<BookName, readonly Law[]>> = {
  deferred: [accepted, held, firstOnOld, thenOnNew, once, released, delivered, settled],
  immediate: [
    accepted,
    atTheWrite,
    neverOnOld,
    thenOnNewAtOnce,
    onceAtOnce,
    releasedAtOnce,
    delivered,
    settled,
  ],
  replaced: [accepted, replaced],
  stayed: [accepted, held, stayed, delivered],
  busy: [accepted, keptWhileBusy, delivered],
}
