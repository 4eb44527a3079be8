/** About the laws of requests that are no plain move: replaced, cancelled, too early, refused, or met by something else. */
import type { AboutLaw } from './law.ts'

/** By the law's name. */
export const ABOUT_REQUESTS = {
  replaced: {
    matters:
      'The last word counts. An older request that comes back moves an irq to a CPU that somebody has since isolated or emptied.',
    path: ['decide', 'copy-pending', 'masked-move'],
    violation: 'A CPU that only the overwritten request named got the irq.',
    look: [
      'irq_copy_pending: does it copy, or add to what was pending?',
      'the `mask` of the second `set` in the trace, and the CPU of the `vector_config` after it',
    ],
  },
  stayed: {
    matters:
      'A balancer writes masks that change nothing all the time. Each needless move costs a vector and a moment with the irq masked.',
    path: ['masked-move', 'do-affinity', 'assign-vector'],
    violation: 'The irq changed its vector although its CPU was in the mask, or kept the request pending.',
    look: ['assign_vector_locked: the test of the current CPU against the mask comes before any allocation'],
  },
  roomiest: {
    matters:
      'A mask of several CPUs is a choice left to the kernel. If it always took the first, one CPU would run out of vectors while its neighbours have hundreds (a0c9259dc4e1). Which of equals it takes is its own affair.',
    path: ['assign-vector', 'matrix-alloc'],
    violation: 'The irq went to a CPU of the mask that had fewer vectors left than another.',
    look: [
      'matrix_find_best_cpu: `available` of each CPU, and what it is compared with',
      'the `avl=` of the last irq_matrix event of each CPU before the move',
    ],
  },
  'kept-while-busy': {
    matters:
      'Two requests in quick succession are what a balancer does. The second one meets the cleanup of the first, is told -EBUSY inside an interrupt, and nobody hears of it: so it must not be lost there.',
    path: ['ack', 'masked-move', 'assign-vector', 'cleanup-by-ipi', 'cleanup-by-timer', 'free-moved'],
    violation: 'The second request was dropped, or made before the first one was over.',
    look: [
      'irq_move_masked_irq: on -EBUSY the pending bit is set again, the mask kept',
      'the cleanup: if the old vector is never freed, every later request waits for ever',
    ],
  },
  'waits-when-busy': {
    matters:
      'With remapping a write is thought to be made when it returns. Two in quick succession are not: the second may wait for an interrupt, and on an idle irq for ever.',
    path: ['decide', 'remapped-affinity', 'assign-vector', 'copy-pending', 'masked-move'],
    violation: 'A write that could not be made at once was lost, or one that could was not.',
    look: [
      'the `vector_free_moved` of the move before, beside the `set` of this write',
      'the acknowledge of the remapped chip: without irq_move_irq in it nothing ever makes a pending request',
    ],
  },
  'kept-offline': {
    matters:
      'CPUs go offline with requests pending, on suspend and in every virtual machine that is resized. An irq that stays behind is dead; one that goes anywhere ignores the administrator.',
    path: [
      'migrate-one',
      'force-complete',
      'force-complete-by-chip',
      'fixup-pending',
      'do-affinity',
      'assign-vector',
    ],
    violation:
      'The irq went where the request did not say, or the request stayed pending on a CPU that is gone.',
    look: [
      'migrate_one_irq: the pending mask has to be taken while a move is pending',
      'the console: `IRQ fixup` and `set affinity failed` are its words',
      'a driver that writes masks of its own when a CPU goes (virtio-net does)',
    ],
  },
  'fell-back': {
    matters:
      'An administrator pins an irq to one CPU, and that CPU goes offline. The irq must live on elsewhere; and who brings the CPU back should know that the irq does not return, and that a request which was waiting is gone.',
    path: ['migrate-one', 'fixup-pending', 'do-affinity', 'assign-vector', 'proc-show'],
    violation:
      'The irq stayed on a CPU that is gone, went where neither the older mask nor the online CPUs allow it, or an old request came back with the CPU.',
    look: [
      'migrate_one_irq: which mask it takes, and what irq_fixup_move_pending said of the pending one',
      'IRQD_SETAFFINITY_PENDING must be clear when no CPU of the pending mask is left',
      'a driver that writes masks of its own when a CPU comes back (virtio-net does)',
    ],
  },
  'moved-anyway': {
    matters:
      'A machine with many devices runs out of vectors on some CPUs. If a CPU then goes offline, the irqs that find no place in their own mask must go elsewhere: one that stays behind is dead, and its device with it.',
    path: ['migrate-one', 'fixup-pending', 'do-affinity', 'assign-vector', 'matrix-alloc'],
    violation: 'The irq was left on the CPU that went, or its interrupts are lost.',
    look: [
      'the console: `set affinity failed(-28)` names the irqs that were left behind',
      'migrate_one_irq: since 6.10 it tries again with all online CPUs (88d724e2301a)',
      '`avl` of the CPU in irq_matrix_alloc, and debugfs irq/domains/VECTOR where there is one',
    ],
  },
  dropped: {
    matters:
      'The write succeeds and reads back, and yet nothing will ever come of it: the next interrupt finds no vector, and the request is lost without a word. Who set it up cannot know.',
    path: ['copy-pending', 'masked-move', 'do-affinity', 'assign-vector', 'matrix-alloc'],
    violation:
      'The request stayed pending or was tried again and again, or the irq changed its vector although there was none.',
    look: [
      'irq_move_masked_irq: only -EBUSY may set the pending bit again',
      'the `alloc` probe: what irq_matrix_alloc returned, and on which CPU',
    ],
  },
  refused: {
    matters:
      'With remapping the kernel knows at once that there is no vector, so the writer must be told. A success would send the search for the fault elsewhere.',
    path: ['proc-write', 'decide', 'remapped-affinity', 'assign-vector', 'matrix-alloc'],
    violation: 'The write succeeded, said something else than ENOSPC, or changed something all the same.',
    look: [
      'intel_ir_set_affinity: hands on what the parent domain says',
      'irq_set_affinity_locked: no pending bit after any error but -EBUSY',
    ],
  },
  'last-word': {
    matters:
      'Closing and opening a device is nothing that should bring an old mask back: the last accepted write of the administrator is lost without a word.',
    path: ['decide', 'deactivated-affinity', 'setup-affinity', 'masked-move'],
    violation: 'A request from before the handler was freed came back after it.',
    look: [
      'irq_set_affinity_deactivated stores the mask and leaves IRQD_SETAFFINITY_PENDING set: docs/reports/stale-pending-mask.md',
      'neither free_irq nor irq_shutdown clears the pending bit',
    ],
  },
  forbidden: {
    matters:
      'Managed irqs and timers are where the kernel put them. A tool has to hear that it may not move them, in a way that it can tell from a broken device.',
    path: ['proc-write'],
    violation:
      'The write was accepted, changed something, or was refused with an error that means something else.',
    look: [
      'EIO instead of EPERM: the kernel is older than 6.12 (eb29369fa543)',
      'a `set` in the trace: the write went past the test in kernel/irq/proc.c',
    ],
  },
} as const satisfies Readonly<Record<string, AboutLaw>>
