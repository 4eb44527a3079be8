/** Did the irq move before any interrupt of it was asked for? Without remapping that is law 2's matter, and only its. */
import type { LawInput } from './law.ts'

/**
 * What moved before the first probe was sent, in one sentence; undefined when nothing did. Law 2 is violated by it, and
 * the laws of the first interrupt then have no old CPU to speak of.
 */
export function movedEarly(input: LawInput): string | undefined {
  const { before, written, hold } = input.move
  const readings = hold === undefined ? [written] : [written, hold.began, hold.ended]
  const changed = readings.find((reading) => !reading.effective.equals(before.effective))
  return changed === undefined
    ? configuredEarly(input)
    : `effective went from ${before.effective.toList()} to ${changed.effective.toList()} with no interrupt`
}

/** The part of it that the trace shows: a vector_config before the first probe was sent, in one sentence. */
export function configuredEarly({ trace }: LawInput): string | undefined {
  const fired = trace.probes[0]?.index ?? Infinity
  const config = trace.configs.find((event) => event.index < fired)
  return config === undefined
    ? undefined
    : `vector_config at ${(config.timeUs / 1e6).toFixed(6)} s although no interrupt had fired`
}
