/** Which moment of a move decided a verdict? Beside it the picture shows the law. */
import type { TraceEvent } from '../../irq/trace-event.ts'
import type { Verdict } from '../../irq/verdict.ts'
import type { MoveWindow } from './move-window.ts'

type Finder = (window: MoveWindow, state: Verdict['state']) => TraceEvent | undefined

/** The first interrupt after the move that was counted elsewhere than where the hardware was set to. */
const strayed: Finder = ({ trace, arrivals }) => {
  const config = trace.configs[0]
  if (config === undefined) return undefined
  return arrivals.find(({ index, cpu }) => index > config.index && String(cpu) !== config.fields['cpu'])
}
const firstArrival: Finder = ({ arrivals }) => arrivals[0]
const lastArrival: Finder = ({ arrivals }) => arrivals.at(-1)
const firstOnNew: Finder = ({ trace, arrivals }) =>
  arrivals.find(({ index }) => index > (trace.configs[0]?.index ?? Infinity))
const written: Finder = ({ written, begin }) => written ?? begin
const holdEnd: Finder = ({ trace }) => trace.holdEnded
const firstConfig: Finder = ({ trace }) => trace.configs[0]
const lastConfig: Finder = ({ trace }) => trace.configs.at(-1)
const freed: Finder = ({ trace }) => trace.freed.at(-1)

/** What changed although nothing should have: else the end of the hold. */
const changedInHold: Finder = ({ trace, arrivals }) => {
  const end = trace.holdEnded?.index ?? Infinity
  return [...trace.configs, ...arrivals]
    .toSorted((a, b) => a.index - b.index)
    .find(({ index }) => index < end)
}

const MOMENTS: Readonly<Partial<Record<Verdict['law'], Finder>>> = {
  accepted: written,
  refused: written,
  understood: written,
  forbidden: written,
  held: (window, state) =>
    (state === 'violated' ? changedInHold(window, state) : undefined) ?? holdEnd(window, state),
  'first-on-old': firstArrival,
  'by-firing': firstArrival,
  'then-on-new': (window, state) =>
    (state === 'violated' ? strayed(window, state) : undefined) ??
    firstOnNew(window, state) ??
    lastArrival(window, state),
  'never-on-old': (window, state) =>
    state === 'violated' ? firstArrival(window, state) : lastArrival(window, state),
  once: (window, state) => (state === 'violated' ? lastConfig(window, state) : firstConfig(window, state)),
  'at-the-write': (window, state) => firstConfig(window, state) ?? written(window, state),
  roomiest: firstConfig,
  'kept-while-busy': firstConfig,
  'waits-when-busy': firstConfig,
  'kept-offline': firstConfig,
  'fell-back': firstConfig,
  'moved-anyway': firstConfig,
  dropped: firstArrival,
  released: freed,
  'given-back': freed,
}

/**
 * The moment as the trace has it; undefined for a law that looks at the whole move, whose verdict stands at its end. What
 * did not happen has no moment either: a vector that was never freed.
 */
export function momentOf(
  window: MoveWindow,
  { law, state }: Pick<Verdict, 'law' | 'state'>,
): TraceEvent | undefined {
  return MOMENTS[law]?.(window, state)
}
