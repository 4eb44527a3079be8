/** Where does everything of one picture stand? Heights of lanes, marks in them, labels above and verdicts below. Pure. */
import type { EventData, MoveData, Span, VerdictData } from '../report-data.ts'
import { rowsOf } from './rows-of.ts'

/** Left of the lanes: the names of the CPUs. */
export const GUTTER = 54
/** Right of the lanes. */
export const EDGE = 18
const AXIS = 40
const LABEL_ROW = 20
const CHIP_ROW = 22
/** Below the marks of a lane: the life of the vectors. */
const VECTOR_ROW = 16

/** Words beside the marks need this much room, in pixels, and no more marks than this. */
const WORDS_FROM_WIDTH = 640
const WORDS_UP_TO = 26
/** What is seen of a whole move; the rest is in the picture below. */
const AT_A_GLANCE = new Set<EventData['kind']>(['interrupt', 'set', 'write'])

/** An event with its number in the list, the first is 1. */
export interface Mark {
  readonly event: EventData
  readonly number: number
  readonly x: number
  readonly y: number
  /** Beside the mark; empty where there is no room. */
  readonly brief: string
  /** On which side of it. */
  readonly side: 'left' | 'right'
}

/** A verdict below the moment that decided it. */
export interface Chip {
  readonly verdict: VerdictData
  readonly x: number
  readonly left: number
  readonly width: number
  readonly y: number
}

/** A word above the lanes, at a moment. */
export interface Flag {
  readonly text: string
  readonly kind: 'write' | 'act' | 'probe' | 'hold'
  readonly x: number
  readonly left: number
  readonly width: number
  readonly y: number
}

/** One lane. */
export interface Lane {
  readonly cpu: number
  readonly top: number
  readonly height: number
}

/** The whole picture, in pixels. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly lanes: readonly Lane[]
  readonly lanesTop: number
  readonly lanesBottom: number
  readonly marks: readonly Mark[]
  readonly flags: readonly Flag[]
  readonly chips: readonly Chip[]
}

/** How the picture is drawn: the whole move at a glance, or a part of it with every event numbered. */
export type Look = 'whole' | 'close'

/** About as wide as text of 12 pixels becomes, `bold` or not. */
export function textWidth(text: string, weight: 'plain' | 'bold' = 'plain'): number {
  return text.length * (weight === 'bold' ? 7.5 : 6.9)
}

/** Lays one picture out. `xOf` tells where a moment stands. */
export function layOut(
  move: MoveData,
  verdicts: readonly VerdictData[],
  { width, span, look, xOf }: { width: number; span: Span; look: Look; xOf: (us: number) => number },
): Layout {
  const [from, to] = span
  const edge = { from: GUTTER, to: width - EDGE, gap: 4 }
  const within = (us: number) => us >= from && us <= to
  const flags = flagsOf(move, { within, xOf, span })
  const flagPlaces = rowsOf(flags, edge)
  const flagRows = Math.max(1, ...flagPlaces.map(({ row }) => row + 1))
  const lanesTop = AXIS + flagRows * LABEL_ROW + 4
  const size = look === 'close' ? 20 : 9
  const numbered = move.events
    .map((event, at) => ({ event, number: at + 1 }))
    .filter(({ event }) => within(event.atUs) && event.kind !== 'act' && event.kind !== 'probe')
  const hasWords = look === 'close' && width >= WORDS_FROM_WIDTH && numbered.length <= WORDS_UP_TO
  let top = lanesTop
  const lanes: Lane[] = []
  const marks: Mark[] = []
  for (const cpu of move.lanes) {
    const own = numbered.filter(
      ({ event }) => event.cpu === cpu && (look === 'close' || AT_A_GLANCE.has(event.kind)),
    )
    const wanted = own.map(({ event }) => {
      const brief = hasWords ? event.brief : ''
      const wide = size + (brief === '' ? 0 : textWidth(brief) + 6)
      const at = xOf(event.atUs)
      // The mark stands at its moment, its word to the right of it; to the left where the picture ends.
      const side = at - size / 2 + wide > width - EDGE ? ('left' as const) : ('right' as const)
      const aside = (wide - size) / 2
      return { brief, side, at, x: side === 'right' ? at + aside : at - aside, width: wide }
    })
    const places =
      look === 'close'
        ? rowsOf(wanted, { from: -Infinity, to: Infinity, gap: 2 })
        : wanted.map(() => ({ row: 0 }))
    const levels = Math.max(1, ...places.map(({ row }) => row + 1))
    const height = 6 + levels * (size + 2) + (look === 'close' ? 4 : 6) + VECTOR_ROW
    for (const [at, { event, number }] of own.entries()) {
      const [place, wish] = [places[at], wanted[at]]
      if (place === undefined || wish === undefined) continue
      const y = top + 6 + size / 2 + place.row * (size + 2)
      marks.push({ event, number, x: wish.at, y, brief: wish.brief, side: wish.side })
    }
    lanes.push({ cpu, top, height })
    top += height + 3
  }
  const lanesBottom = top - 3
  const decided = verdicts
    .map((verdict) => ({ verdict, atUs: verdict.atUs ?? (look === 'whole' ? move.window[1] : undefined) }))
    .filter(
      (one): one is { verdict: VerdictData; atUs: number } => one.atUs !== undefined && within(one.atUs),
    )
    .toSorted((a, b) => a.atUs - b.atUs)
    .map(({ verdict, atUs }) => ({
      verdict,
      x: xOf(atUs),
      width: textWidth(`✓ ${verdict.law}`, 'bold') + 12,
    }))
  const chipPlaces = rowsOf(decided, edge)
  const chips = decided.map((one, at) => ({
    ...one,
    left: chipPlaces[at]?.left ?? one.x,
    y: lanesBottom + 10 + (chipPlaces[at]?.row ?? 0) * CHIP_ROW,
  }))
  const chipRows = Math.max(0, ...chipPlaces.map(({ row }) => row + 1))
  return {
    width,
    height: lanesBottom + (chipRows === 0 ? 4 : 12 + chipRows * CHIP_ROW),
    lanes,
    lanesTop,
    lanesBottom,
    marks,
    flags: flags.map((flag, at) => ({
      ...flag,
      left: flagPlaces[at]?.left ?? flag.x,
      y: AXIS + (flagRows - 1 - (flagPlaces[at]?.row ?? 0)) * LABEL_ROW,
    })),
    chips,
  }
}

/** Our acts: the write, the hold, probes, and CPUs or handlers that went and came. */
function flagsOf(
  move: MoveData,
  {
    within,
    xOf,
    span: [from, to],
  }: { within: (us: number) => boolean; xOf: (us: number) => number; span: Span },
): readonly Omit<Flag, 'left' | 'y'>[] {
  const flags: Omit<Flag, 'left' | 'y'>[] = []
  const add = (kind: Flag['kind'], text: string, us: number) =>
    flags.push({ kind, text, x: xOf(us), width: textWidth(text) + 8 })
  if (within(0)) add('write', `write ${short(move.requested)}`, 0)
  if (move.hold !== undefined) {
    const [begin, end] = move.hold
    const [left, right] = [Math.max(begin, from), Math.min(end, to)]
    if (right > left) add('hold', `hold ${((end - begin) / 1e6).toFixed(2)} s`, (left + right) / 2)
  }
  const acts = move.events.filter(({ kind, atUs }) => (kind === 'probe' || kind === 'act') && within(atUs))
  // Of many acts the first ones have words; all of them are in the list.
  for (const { kind, words, atUs } of acts.filter((act) => !act.words.startsWith('the hold')).slice(0, 12))
    add(kind === 'probe' ? 'probe' : 'act', words.replace(/ (?:is|are) sent$/, ''), atUs)
  return flags
}

function short(mask: string): string {
  return mask.length > 12 ? `${mask.slice(0, 11)}…` : mask
}
