/** How is it told whether a run came to the same again? Pure. */
import type { Sameness } from '../record/same-verdicts.ts'

const WORDS = { same: 'SAME', differ: 'DIFFERENT', 'cannot tell': 'CANNOT TELL' } as const

/** The lines: each verdict that differs, then the answer. */
export function samenessLines({ answer, why, differences }: Sameness): readonly string[] {
  const rows = differences.map(({ law, queue, move, before, now, sentence }) => ({
    law,
    queue: `${queue}${move === 0 ? '' : ` write ${move}`}`,
    states: `${before ?? 'not asked'} -> ${now ?? 'not asked'}`,
    sentence,
  }))
  const width = (of: (row: (typeof rows)[number]) => string) =>
    Math.max(0, ...rows.map((row) => of(row).length))
  const [laws, queues, states] = [
    width((row) => row.law),
    width((row) => row.queue),
    width((row) => row.states),
  ]
  return [
    ...rows.map(
      (row) =>
        `  ${row.law.padEnd(laws)}  ${row.queue.padEnd(queues)}  ${row.states.padEnd(states)}  ${row.sentence}`,
    ),
    `${WORDS[answer]}: ${why}`,
  ]
}
