/** Which laws a claim stands for: a deferred move, an immediate one, one that must wait, a request replaced, one that changes nothing. */
import { accepted } from './accepted.ts'
import { byFiring } from './by-firing.ts'
import { atTheWrite } from './at-the-write.ts'
import { delivered } from './delivered.ts'
import { fellBack } from './fell-back.ts'
import { dropped } from './dropped.ts'
import { forbidden } from './forbidden.ts'
import { firstOnOld } from './first-on-old.ts'
import { givenBack } from './given-back.ts'
import { held } from './held.ts'
import { inOrder } from './in-order.ts'
import { keptWhileBusy } from './kept-while-busy.ts'
import { keptOffline } from './kept-offline.ts'
import { lastWord } from './last-word.ts'
import type { Law } from './law.ts'
import { messageByWay, messageOnce } from './message.ts'
import { movedAnyway } from './moved-anyway.ts'
import { neverOnOld } from './never-on-old.ts'
import { notByPackets } from './not-by-packets.ts'
import { oneFlip } from './one-flip.ts'
import { once, onceAtOnce } from './once.ts'
import { refused } from './refused.ts'
import { released, releasedAtOnce } from './released.ts'
import { replaced } from './replaced.ts'
import { roomiest } from './roomiest.ts'
import { settled } from './settled.ts'
import { startedAnew } from './started-anew.ts'
import { started } from './started.ts'
import { stayed } from './stayed.ts'
import { waitsWhenBusy } from './waits-when-busy.ts'
import { thenOnNew, thenOnNewAtOnce } from './then-on-new.ts'
import { understood } from './understood.ts'
import { unmoved } from './unmoved.ts'

/**
 * What is claimed of a move: that it waits, that it is made at once, that it never comes, that nothing changes, that it
 * also waits for the end of the move before it, that its CPU going offline makes it, with vectors to be had or without; that
 * there is no vector for it, that packets alone do not make it, that it comes with the first interrupt of an irq which fires
 * at will, that a refused request changes nothing.
 */
export type BookName =
  | 'deferred'
  | 'immediate'
  | 'replaced'
  | 'replaced-at-once'
  | 'stayed'
  | 'stayed-at-once'
  | 'roomiest'
  | 'busy'
  | 'busy-at-once'
  | 'offline'
  | 'at-will'
  | 'at-will-at-once'
  | 'unmoved'
  | 'fell-back'
  | 'crowded-out'
  | 'dropped'
  | 'refused'
  | 'polled'
  | 'polled-at-once'
  | WholeBookName

/**
 * What is claimed of an irq, whatever else happened to it: over the whole run, or of a write that is no move. An interrupt of
 * its own is no disturbance there.
 */
export type WholeBookName = (typeof WHOLE)[number]

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
  'replaced-at-once': [accepted, atTheWrite],
  stayed: [accepted, held, stayed, delivered],
  'stayed-at-once': [accepted, stayed, delivered],
  roomiest: [accepted, roomiest, delivered],
  busy: [accepted, keptWhileBusy, delivered],
  'busy-at-once': [accepted, waitsWhenBusy, delivered],
  offline: [accepted, keptOffline, delivered],
  'at-will': [accepted, held, byFiring, delivered],
  'at-will-at-once': [accepted, atTheWrite, delivered],
  unmoved: [unmoved],
  'fell-back': [accepted, fellBack, delivered],
  polled: [accepted, notByPackets, delivered],
  'polled-at-once': [accepted, atTheWrite, delivered],
  'crowded-out': [accepted, movedAnyway],
  dropped: [accepted, held, dropped, delivered],
  refused: [refused, { ...delivered, ofRefusals: true }],
  'given-back': [givenBack],
  'last-word': [lastWord],
  'started-anew': [startedAnew],
  maskable: [messageOnce],
  unmaskable: [messageByWay],
  forbidden: [forbidden],
  input: [understood],
  untouched: [started],
  load: [oneFlip, inOrder],
}

const WHOLE = [
  'given-back',
  'last-word',
  'started-anew',
  'maskable',
  'unmaskable',
  'forbidden',
  'input',
  'untouched',
  'load',
] as const

/** True for a claim of an irq that needs no quiet before the first probe. */
export function isWhole(book: BookName): book is WholeBookName {
  return (WHOLE as readonly string[]).includes(book)
}

/** True for a claim that counts vectors or messages, which must be right whoever asks, or that sees for itself who does. */
export function holdsWhoeverAsks(book: BookName): boolean {
  return book === 'given-back' || book === 'maskable' || book === 'unmaskable' || book === 'load'
}
