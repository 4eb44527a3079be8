/** A side as a short text, and back: what most runs came to is the same text, and kept once. */
import { z } from 'zod'
import type { LawSide, Side } from '../campaign/side.ts'
import { LAW_NAMES, type LawName } from '../irq/laws/law-names.ts'

const sideSchema = z.object({
  arrival: z.enum(['reached', 'faulted', 'crashed', 'lost', 'open', 'skipped']),
  stage: z.string().optional(),
  reason: z.string().optional(),
  laws: z.array(
    z.union([
      z.tuple([z.enum(LAW_NAMES), z.number()]),
      z.tuple([z.enum(LAW_NAMES), z.number(), z.number(), z.number(), z.string()]),
    ]),
  ),
})

/** The text. Of a law that held only how often is kept, not what was seen. */
export function sideText({ arrival, stage, reason, laws }: Side): string {
  const short = [...laws].map(([law, { state, tally, sentence = '' }]) =>
    state === 'held' ? [law, tally.held] : [law, tally.held, tally.violated, tally.unproven, sentence],
  )
  return JSON.stringify({ arrival, stage, reason, laws: short })
}

/** The side of one run. Throws on a text that is none. */
export function sideFromText(text: string): Side {
  const { arrival, stage, reason, laws } = sideSchema.parse(JSON.parse(text))
  const sides = laws.map(([law, held, violated = 0, unproven = 0, sentence]): readonly [LawName, LawSide] => [
    law,
    {
      state: violated > 0 ? 'violated' : unproven > 0 ? 'unproven' : 'held',
      tally: { held, violated, unproven },
      ...(sentence === undefined ? {} : { sentence }),
    },
  ])
  return {
    arrival,
    ...(stage === undefined ? {} : { stage }),
    ...(reason === undefined ? {} : { reason }),
    laws: new Map(sides),
    runs: 1,
  }
}
