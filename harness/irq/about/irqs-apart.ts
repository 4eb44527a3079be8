/** About the laws of what is written to files of an irq, and of irqs that fire or move in a way of their own. */
import type { AboutLaw } from './law.ts'

/** By the law's name. */
export const ABOUT_IRQS_APART = {
  understood: {
    matters:
      'Tools and people write these files by hand. A mask that is taken as another one moves an irq to a CPU that nobody named, and an errno that changes breaks the tool that asks for it.',
    path: ['proc-write', 'parse-list', 'parse-hex', 'select-affinity'],
    violation:
      'A text was taken as other CPUs, taken at all, refused with another errno, or refused and something changed.',
    look: [
      'the text and the errno in the sentence: docs/INPUT.md has what each must end with, and why',
      'a `set` in the trace although the write was refused: the irq core was asked before the text was judged',
    ],
  },
  unmoved: {
    matters:
      'The driver of a disk with a queue for each CPU relies on it that the irq of a queue stays with its CPUs, offline and online again included.',
    path: ['proc-write'],
    violation: 'The write was refused, and the irq went elsewhere all the same, or stopped firing.',
    look: [
      'irq_can_set_affinity_usr: refuses managed irqs before anything is parsed',
      'the pending bit: a refused request must not leave one',
    ],
  },
  'by-firing': {
    matters:
      'Whether a sent packet makes an interrupt is the choice of the driver. An irq that moves without one moves too early, one that fires and stays is not where the administrator put it.',
    path: ['edge-flow', 'ack', 'masked-move', 'update-cfg'],
    violation: 'The irq moved although it had not fired, or it fired and did not move.',
    look: [
      'the first irq_handler_entry after the write, and the vector_config before it',
      'no interrupts at all: the driver asked for none (virtio_net.c:start_xmit since 7.2), and nothing may move',
    ],
  },
} as const satisfies Readonly<Record<string, AboutLaw>>
