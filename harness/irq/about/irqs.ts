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
  started: {
    matters:
      'Isolated CPUs get interrupts from the first second on where new irqs do not start on the CPUs that the administrator named.',
    path: ['setup-affinity', 'do-affinity', 'assign-vector'],
    violation:
      'An irq that nobody has written started on a CPU that it may not be on, or reads back what nobody asked for.',
    look: [
      '`given` of this write in evidence.json: the hint, the default and the node, beside what was read before the write',
      'default_smp_affinity, and irqaffinity= on the command line of the kernel',
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
  'reads-back': {
    matters:
      'Whoever sets affinities reads them back to see what is set: an older mask, or one that nobody asked for, makes them set it again for ever, or never.',
    path: ['proc-write', 'decide', 'copy-pending', 'masked-move', 'deactivated-affinity', 'proc-show'],
    violation: 'The kernel lost the last request, or remembers an older one.',
    look: [
      'the last `set` of this irq in trace.txt before the reading: who asked, and for what',
      'a request that was pending when the handler went: docs/reports/stale-pending-mask.md',
      'a CPU of the mask that went offline: migrate_one_irq breaks the affinity only when none is left',
    ],
  },
  'no-move-unasked': {
    matters:
      'An irq that moves by itself takes its cache and its latency with it, and without remapping a move outside of an interrupt can lose one.',
    path: ['decide', 'can-move-by-flag', 'can-move-by-chip', 'irq-move', 'remapped-affinity'],
    violation: 'Effective changed for no request, with no interrupt, or with remapping not at the write.',
    look: [
      'the `vector_config` between the two readings: its stack names who moved the irq',
      'assign_vector_locked: with the current CPU in the mask nothing may move',
      'with remapping, the old vector of the move before: was it freed when the write came?',
    ],
  },
  'eventually-moved': {
    matters:
      'A request that is never made is the support case: the mask is shown as set, and the interrupts stay on the CPU that was to be left alone.',
    path: ['edge-flow', 'ack', 'irq-move', 'masked-move', 'assign-vector', 'free-moved'],
    violation: 'An interrupt came that could have moved the irq, and did not; or the request waits for ever.',
    look: [
      'the `move` events of this irq: was irq_move_masked_irq entered at all?',
      'the old vector of the move before: never freed means -EBUSY for ever (see given-back)',
      'the pending bit in the last readings',
    ],
  },
  'counted-where-programmed': {
    matters:
      '/proc/interrupts is how everybody sees where interrupts go. If they come elsewhere than effective says, nothing that is decided by it is right.',
    path: ['edge-flow', 'ack', 'msi-affinity', 'update-cfg', 'remapped-affinity'],
    violation: 'Interrupts come to, or are counted on, another CPU than the one that was configured.',
    look: [
      'the `ack` events after the last `vector_config`: on which CPU?',
      'the message that was written (`message`), and the table itself: hardware-agrees says what it holds',
      'one straggler on the old CPU is right, a second one is not',
    ],
  },
  conserved: {
    matters: 'Lost counts hide lost interrupts, and lost interrupts are hung disks and stalled queues.',
    path: ['edge-flow', 'may-run', 'can-handle'],
    violation: 'Counters and handlers disagree, a counter went back, or a probe made no interrupt.',
    look: [
      'the `irq_handler_entry` events between the two readings, beside the counters',
      'an interrupt that arrived while the handler ran elsewhere: uncounted up to 6.16, and only then',
    ],
  },
  traced: {
    matters:
      'effective_affinity is all that user space sees of where an irq is. It must be what the hardware was told, each time.',
    path: ['edge-flow', 'ack', 'masked-move', 'assign-vector', 'update-cfg', 'remapped-affinity'],
    violation:
      'Effective and the vector domain tell different stories, or a move was made in the wrong place.',
    look: [
      'apic_update_irq_cfg: it writes effective and traces vector_config, one after the other',
      'the flags of the `vector_config`: `h` is an interrupt, and its CPU must be the old one',
    ],
  },
  'hardware-agrees': {
    matters:
      'Everything else is what the kernel believes. The device knows only what was written into its table.',
    path: ['msi-affinity', 'update-cfg', 'remapped-affinity'],
    violation: 'The message in the device is not the one that was configured, or the irq was left masked.',
    look: [
      'the `message` events of the last move in trace.txt: address and data as they were written',
      'a mask bit that is set at rest: irq_move_irq masks around a move, and must unmask',
    ],
  },
  alive: {
    matters: 'A device that does not answer any more is what all other violations end in.',
    path: ['edge-flow', 'ack', 'masked-move', 'msi-affinity'],
    violation: 'A probe that was sent after everything else was never received.',
    look: [
      'hardware-agrees: is the irq masked, or does its message go elsewhere?',
      'the console: `No irq handler for` is an interrupt that came to a vector that nobody has',
    ],
  },
} as const satisfies Readonly<Record<string, AboutLaw>>
