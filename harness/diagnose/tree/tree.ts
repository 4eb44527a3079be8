/** The decision tree of docs/DIAGNOSE.md: "I wrote smp_affinity, and effective_affinity and /proc/interrupts stay as they were: why?" */
import { REFUSALS, WHICH_WORLD } from './before-the-write.ts'
import { MADE, NO_EFFECTIVE } from './made.ts'
import { CHANGED_MASKS } from './mask-changed.ts'
import type { Fork, Step } from './step.ts'
import { WAITING } from './waiting.ts'

/** Asked of everyone, before the first fork. */
export const ROOT: Step = WHICH_WORLD

/** The trunk: the first that applies leads away from it. */
export const FORKS: readonly Fork[] = [
  {
    asks: 'Did the write fail, or write nothing?',
    when: 'yes',
    heading: 'The write failed',
    steps: REFUSALS,
  },
  {
    asks: 'Does smp_affinity_list read what you wrote, still?',
    when: 'no',
    heading: 'The mask is not what was written',
    steps: CHANGED_MASKS,
  },
  {
    asks: 'Is there an effective_affinity_list?',
    when: 'no',
    heading: 'Where it is cannot be read',
    steps: [NO_EFFECTIVE],
  },
  {
    asks: 'Is effective within the mask?',
    when: 'no',
    heading: 'The request waits',
    steps: WAITING,
  },
  {
    asks: 'Is it there, and still not as you meant?',
    when: 'yes',
    heading: 'The request was made',
    steps: MADE,
  },
]

/** Every step, in the order of the page. */
export const STEPS: readonly Step[] = [ROOT, ...FORKS.flatMap(({ steps }) => steps)]
