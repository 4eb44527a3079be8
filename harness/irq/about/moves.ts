/** About the laws of a move: what a request does from the write to the vector that was left. */
import type { AboutLaw } from './law.ts'

/** By the law's name. */
export const ABOUT_MOVES = {
  accepted: {
    matters:
      'irqbalance, tuned and whoever pins interrupts by hand see nothing but the write: a refusal, or a mask that was cut on the way, leaves them with a machine that is not set up as they think.',
    path: ['proc-write', 'decide', 'can-move-by-flag', 'can-move-by-chip', 'proc-show'],
    violation: 'The request was lost or changed before anything could move.',
    look: [
      'the marker `irqlab write` in trace.txt and the kprobe `set` behind it: which mask arrived, in which context, and what `setr` returned',
      'kernel/irq/proc.c: is the irq managed, or set up not to be balanced? Then the write is refused by right',
      'a driver or another writer that sets the mask again at once (then the run says `disturbed`)',
    ],
  },
  held: {
    matters:
      'Without remapping an MSI is rewritten safely only while one of its interrupts is being acknowledged: moved at any other time, an interrupt can be sent with half a message and be lost.',
    path: ['decide', 'can-move-by-flag', 'can-move-by-chip', 'copy-pending', 'proc-show'],
    violation:
      'The irq moved, fired or forgot its request with no interrupt: the chip took the way of an immediate move, or somebody applied the mask.',
    look: [
      'the `vector_config` in the hold: its stack names who moved the irq',
      'the pending bit in readings: clear although nothing fired means that irq_copy_pending or irqd_set_move_pending did not happen',
      'since 6.14 a chip that forgets IRQCHIP_MOVE_DEFERRED becomes immediate without a word',
    ],
  },
  'first-on-old': {
    matters:
      'It is the only moment at which the move is safe: on the CPU that still owns the vector, with the interrupt counted and not yet handled. A move made later loses interrupts, one made elsewhere warns in msi_set_affinity.',
    path: [
      'edge-flow',
      'level-flow',
      'level-end',
      'ack',
      'irq-move',
      'masked-move',
      'do-affinity',
      'msi-affinity',
      'assign-vector',
      'matrix-alloc',
      'update-cfg',
    ],
    violation:
      'The first interrupt did not apply the request, applied it in the wrong place, or was counted more than once.',
    look: [
      'trace.txt from `ack` to `irq_handler_entry` of this irq: is there a `move`, and a `vector_config` between them?',
      'effective outside of the mask after a counted interrupt: __irq_move_irq returned early, or the vector could not be had (-EBUSY, -ENOSPC)',
      'the stack of the `vector_config`, and its CPU',
    ],
  },
  'then-on-new': {
    matters:
      'What was asked for is where the work is done: an interrupt that goes on arriving on the old CPU disturbs what was isolated, and shows that hardware and kernel disagree.',
    path: ['msi-affinity', 'update-cfg', 'edge-flow', 'may-run', 'can-handle'],
    violation: 'The kernel says that the irq is on one CPU, and it arrives on another.',
    look: [
      'the `message` written by the move against the `vector_config`: was the new address written at all?',
      'a handler on the old CPU without an acknowledge there: the loop in handle_edge_irq, which is right once',
      'counted and handled differ: irq_may_run sent interrupts away',
    ],
  },
  once: {
    matters:
      'Each move takes a vector, and masks the irq for a moment. A kernel that moves again for one request burns vectors and latency, and hides which write it obeys.',
    path: ['masked-move', 'assign-vector', 'update-cfg'],
    violation: 'One request moved the irq twice, or never.',
    look: [
      'every `vector_config` after the write with its stack: who asked for the second one?',
      'a pending bit that is not cleared by irq_move_masked_irq makes each interrupt try again',
    ],
  },
  released: {
    matters:
      'A CPU has about 200 vectors. One that is not given back is lost until the next boot: in the end no irq can be moved there, and no device be started.',
    path: ['ack', 'complete-move', 'cleanup-by-ipi', 'cleanup-by-timer', 'free-moved', 'matrix-free'],
    violation:
      'The old vector was leaked, freed twice, freed too early, or freed by a CPU that does not own it.',
    look: [
      '`vector_free_moved` of this irq: is it there, and on which CPU?',
      'no interrupt after the move on the new CPU: then nothing may start the cleanup, and the probes did not arrive',
      'a CPU that went offline meanwhile: the way is another then, see kept-offline and given-back',
    ],
  },
  delivered: {
    matters:
      'An interrupt that is lost while its irq moves stops the device: a queue stays silent until something else wakes it, a disk until its timeout.',
    path: ['msi-affinity', 'edge-flow', 'napi-schedule', 'gro-receive-in-dev', 'gro-receive'],
    violation: 'A probe reached the device and not the driver: an interrupt was lost, or came to nobody.',
    look: [
      'the console and kernel.log: `No irq handler for` names the CPU and vector that an interrupt was lost to',
      'the mask bit: an irq that __irq_move_irq did not unmask is dead',
      'the message of an MSI that cannot be masked, written in two halves: see message-by-way',
    ],
  },
  settled: {
    matters:
      'A request that is done must be over: one that stays pending would be applied by some interrupt later, over a newer state.',
    path: ['masked-move', 'do-affinity', 'proc-show'],
    violation: 'Read-back, effective and the pending bit tell different stories when nothing is under way.',
    look: [
      'the state word of the last readings: bit 8 is IRQD_SETAFFINITY_PENDING',
      '`move` events after the one that moved: irq_move_masked_irq is entered only while the bit is set',
    ],
  },
  'at-the-write': {
    matters:
      'Remapping is there so that a move needs no interrupt: whoever empties a CPU before a latency test or before it goes offline relies on the return of the write.',
    path: [
      'decide',
      'can-move-by-flag',
      'can-move-by-chip',
      'remapped-affinity',
      'assign-vector',
      'update-cfg',
    ],
    violation: 'With remapping the write returned and the irq was not there yet.',
    look: [
      'a pending bit after the write: the vector of the move before was still to be freed (-EBUSY), or the chip is not seen as immediate',
      'the chip name: only `IR-` says that this irq goes through remapping',
    ],
  },
  'never-on-old': {
    matters: 'As at-the-write: after the return of the write the old CPU is free of this irq.',
    path: ['remapped-affinity', 'update-cfg'],
    violation:
      'An interrupt came to the old CPU after the table was rewritten: the entry or its cache was not what the kernel thought.',
    look: [
      'the flush of the interrupt entry cache after the table was rewritten (drivers/iommu/intel/irq_remapping.c:modify_irte)',
      'an interrupt in flight at the write: its acknowledge stands right behind the marker `irqlab written`',
    ],
  },
  'not-by-packets': {
    matters:
      'Under load NAPI polls and interrupts are rare: a busy queue can stay on the old CPU as long as a silent one. Who watches packets instead of interrupts concludes the wrong thing of both.',
    path: ['napi-schedule', 'napi-complete', 'edge-flow', 'ack', 'irq-move', 'masked-move'],
    violation: 'Something other than an interrupt of this irq moved it, or the interrupt did not.',
    look: [
      'the first `ack` of the irq after the write: every `vector_config` before it has a stack that names who moved the irq',
      'packets without `napi_defer_hard_irqs` interrupt again: then the law is unproven, and the sentence has their number',
    ],
  },
  'one-flip': {
    matters:
      'Moves are made on busy machines. Interrupts that go on coming to a CPU that was left, or a request that goes back and forth, show only under load.',
    path: [
      'edge-flow',
      'may-run',
      'can-handle',
      'ack',
      'irq-move',
      'masked-move',
      'assign-vector',
      'update-cfg',
    ],
    violation:
      'Under load the irq moved without being asked, more than once, too late or in the wrong place, or interrupts came where it was not.',
    look: [
      'trace.txt at the time in the sentence: `ack`, `vector_config` and `vector_free_moved` of this irq around it',
      'a handler that runs again and again on the old CPU while the new one acknowledges: the live lock that 8d39d6ec4db5 (6.17) cures',
      'counters that differ from the trace: interrupts sent away while another CPU ran the handler',
    ],
  },
  'in-order': {
    matters:
      'A datagram that is lost or comes late because its irq moved is a retransmit, seen as a latency that nobody can explain.',
    path: [
      'msi-affinity',
      'edge-flow',
      'napi-schedule',
      'napi-complete',
      'gro-receive-in-dev',
      'gro-receive',
    ],
    violation: 'Something that reached the device was not received, was received twice, or out of its order.',
    look: [
      'the number in the sentence, and in trace.txt what came before it: a move, or a poll that ended',
      'the console: `No irq handler for`, `NETDEV WATCHDOG`, an ATA timeout',
    ],
  },
} as const satisfies Readonly<Record<string, AboutLaw>>
