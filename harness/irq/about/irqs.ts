/** About the laws of an irq over a whole run: its vectors, and the message that its device sends. */
import type { AboutLaw } from './law.ts'

/** By the law's name. */
export const ABOUT_IRQS = {
  'given-back': {
    matters:
      'Vectors leak one at a time, and nobody notices until none is left: CVE-2024-31076 was one for each CPU that went offline at the wrong moment.',
    path: [
      'update-cfg',
      'complete-move',
      'free-moved',
      'force-complete',
      'force-complete-by-chip',
      'matrix-alloc',
      'matrix-free',
    ],
    violation: 'The irq holds a vector that it has left, or one was given back twice.',
    look: [
      'the ledger: `taken` and `given` of this irq in trace.txt, side by side',
      'a move that no interrupt on the new CPU has completed when something else happened: offline, another move, free_irq',
    ],
  },
  'started-anew': {
    matters:
      'A driver is reloaded, and its irqs come back with the same numbers. Whoever finds the old mask on the new irq, or an old request pending, has a kernel that did not free what it should.',
    path: ['setup-affinity', 'decide', 'copy-pending', 'proc-show'],
    violation:
      'The new irq shows a mask that its driver did not write, counts of the irq before it, or no request where the driver made one.',
    look: [
      'the `set` events between `act what=bind` and `acted what=bind`: what the driver wrote, and when',
      'virtnet_set_affinity: the CPUs that were online, and the queue pairs in use',
      'the state word of the first reading after bind: it belongs to a new descriptor',
    ],
  },
  'message-once': {
    matters:
      'Each write of the message is an exit to the hypervisor, with the irq masked. It is slow, and shows that the kernel takes a maskable MSI for one that is not.',
    path: ['msi-affinity'],
    violation: 'A move of a maskable MSI wrote its message more than once.',
    look: [
      'the test for the detour in msi_set_affinity: docs/reports/inverted-nomask-test.md',
      'both `message` events of one move: the first has the new vector and the old CPU',
    ],
  },
  'message-by-way': {
    matters:
      'Address and data of an MSI are written one after the other. Without a mask bit the device may send in between: new CPU, old vector, and nobody there has that one. A disk then waits for its timeout.',
    path: ['msi-affinity'],
    violation: 'CPU and vector of an MSI that cannot be masked changed in one write.',
    look: [
      'the test for the detour in msi_set_affinity: docs/reports/inverted-nomask-test.md',
      'the console: `No irq handler for` is what an interrupt with half a message ends in',
    ],
  },
} as const satisfies Readonly<Record<string, AboutLaw>>
