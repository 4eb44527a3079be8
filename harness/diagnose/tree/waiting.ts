/** Steps of the tree for a request that waits: the mask reads back, effective is outside of it. */
import type { Step } from './step.ts'

const PARTLY_OFFLINE: Step = {
  name: 'The mask names CPUs that are offline',
  shows: 'a CPU of the mask is offline',
  answer: 'it can only go to the others',
  means: [
    'A mask is taken as soon as one CPU of it is online, and keeps the others in mind. The irq goes to one that is online; when none is at the next interrupt, the request is dropped.',
  ],
  seen: [['CPU 3 is offline: alone it is refused, beside CPU 2 it is taken.', 'offline-in-mask']],
  functions: ['proc-write', 'masked-move', 'do-affinity'],
  findings: ['offline-cpu-in-mask'],
  laws: ['settled'],
  scenarios: ['partly-offline-mask', 'part-of-a-request-offline', 'offline-cpu', 'added-cpu'],
}

const QUIET: Step = {
  name: 'The queue is quiet',
  shows: 'no `IR-`, and the counters of N stand still',
  answer: 'it moves at its next interrupt',
  means: [
    'This is the answer to most reports. Nothing is wrong: nobody but the interrupt itself may move it, and none came. It may be hours until one does, and that one still comes to the old CPU, counted and handled there; only the second is on the new one. A monitor that looks at the counters alone sees nothing move.',
    "tx queues of a host that only receives, spare rx queues that no flow is hashed to, config and admin vectors are the usual ones. Every queue of virtio-net waits like this from boot on, for the driver's own hint.",
  ],
  seen: [
    ['What `irqlab diagnose` says of it:', 'quiet'],
    [
      'One packet leaves through that queue, then another. The first interrupt is counted on CPU 2 and moves the irq, the second comes to CPU 0:',
      'quiet-no-more',
    ],
    ["Where the kernel has debugfs `irq/` (Debian's has not), the pending bit itself shows:", 'debugfs'],
  ],
  functions: ['decide', 'copy-pending', 'proc-show', 'ack', 'irq-move', 'masked-move'],
  findings: ['pending-and-quiet'],
  laws: ['held', 'first-on-old', 'then-on-new'],
  scenarios: [
    'quiet-queue',
    'deferred-move',
    'first-write-after-probe',
    'cancelled-request',
    'overwritten-request',
    'tx-queue',
  ],
}

const NO_INTERRUPTS: Step = {
  name: 'Packets flow, and no interrupt comes',
  shows: 'packets are counted, interrupts are not',
  answer: 'polled: NAPI, busy polling',
  means: [
    "Traffic is no interrupt. Under load NAPI keeps a queue's interrupts off and polls; with `napi_defer_hard_irqs` and `gro_flush_timeout` a timer polls instead, and a busy queue may not fire for minutes. Sockets with `SO_PREFER_BUSY_POLL` do the same. The request waits all that time, and so it should.",
    'Threads of NAPI (`/sys/class/net/IF/threaded`), RPS and RFS choose where packets are worked on. They move no irq, and no irq moves them: softirqs on another CPU are no sign of an affinity that failed.',
  ],
  seen: [
    [
      'A request waits, ten packets come through that queue, its counters stand still:',
      'packets-without-interrupts',
    ],
  ],
  versions: [
    ['since 5.8', '`napi_defer_hard_irqs`; since 5.11 busy polling that prefers it'],
    ['since 5.12', 'threaded NAPI'],
  ],
  functions: ['napi-schedule', 'napi-complete'],
  findings: ['pending-and-quiet'],
  laws: ['not-by-packets'],
  scenarios: ['packets-without-interrupts', 'threaded-napi', 'request-in-a-burst', 'frame-while-down'],
}

const REMAPPED_TWICE: Step = {
  name: 'Remapped, and written twice in a row',
  shows: 'the chip is `IR-`, and it waits all the same',
  answer: 'a second write met a cleanup',
  means: [
    'A remapped write is made at once, and leaves a vector on the old CPU to be cleaned up. A second write within that time finds `-EBUSY` and waits. From then on every further write waits as well, however late, until an interrupt comes: on a quiet irq for ever. A script that goes through several masks does this; the same mask twice is no second move, and harmless.',
  ],
  seen: [['Three writes in a row, then another five seconds later:', 'remapped-twice']],
  versions: [
    ['before 6.6', 'the cleanup is an IPI: microseconds, hardly ever met'],
    ['since 6.6', 'it is a timer of one jiffy on the old CPU (bdc1dad299bb): 1 to 10 ms, met by any script'],
  ],
  functions: ['remapped-affinity', 'assign-vector', 'cleanup-by-ipi', 'cleanup-by-timer'],
  findings: ['pending-though-remapped'],
  laws: ['at-the-write', 'waits-when-busy'],
  scenarios: ['rapid-double-write'],
}

const CLEANUP: Step = {
  name: 'The move before this one is not over',
  shows: 'it fired once or twice, and waits still',
  answer: 'give it two more interrupts',
  means: [
    'A move is over when the first interrupt on the new CPU has had the old vector freed. A request that comes before that waits for it: the interrupt that starts the cleanup finds `-EBUSY` and cannot move, the next one can. So up to three interrupts may pass, and no error is ever seen.',
  ],
  seen: [
    [
      'The irq has moved from CPU 2 to CPU 0 and not fired there yet when CPU 1 is asked for. One interrupt comes between the samples, and it is too early; the one after it moves:',
      'cleanup-window',
    ],
  ],
  versions: [
    ['before 6.6', 'the IPI may win: then the first interrupt moves already'],
    ['since 6.6', 'never within the same interrupt'],
  ],
  functions: ['ack', 'complete-move', 'assign-vector', 'cleanup-by-ipi', 'cleanup-by-timer', 'free-moved'],
  findings: ['pending-undecided'],
  laws: ['kept-while-busy', 'eventually-moved', 'released'],
  scenarios: ['request-during-cleanup', 'ping-pong-under-load'],
}

const BUG: Step = {
  name: 'It fires, and does not move',
  shows: 'it fired four times or more since the write',
  answer: 'a bug of the kernel',
  means: [
    'No setup explains this. Four interrupts make any move that can be made. Look twice that the interrupts are of this irq, that nobody writes the mask again and again, and that the irq is not of a chip that irqlab does not know; then ask the same kernel in a guest, and take a capture for the report.',
  ],
  type: [
    'irqlab diagnose --irq N --interval 30',
    'irqlab run deferred-move --kernel debian:VERSION',
    'irqlab capture',
  ],
  seen: [['A kernel of ours that never makes a pending move:', 'pending-though-firing']],
  functions: ['ack', 'irq-move', 'masked-move', 'do-affinity', 'msi-affinity', 'assign-vector', 'update-cfg'],
  findings: ['pending-though-firing'],
  laws: ['eventually-moved', 'settled'],
  scenarios: ['deferred-move', 'exact-gate', 'every-pair'],
}

const LOST: Step = {
  name: 'Nothing is pending, and it is elsewhere',
  shows: 'debugfs: IRQD_SETAFFINITY_PENDING is clear',
  answer: 'a bug: the request is lost',
  means: [
    'The kernel believes that the move was made. Only debugfs tells it from a request that waits; without it wait for interrupts, and the finding becomes the one above.',
  ],
  type: ['grep dstate -A 20 /sys/kernel/debug/irq/irqs/N'],
  seen: [['A kernel of ours that moves the irq and forgets to say so:', 'effective-outside-mask']],
  functions: ['masked-move', 'do-affinity', 'update-cfg'],
  findings: ['effective-outside-mask'],
  laws: ['settled'],
  scenarios: ['deferred-move', 'no-vector-left'],
}

/** Effective is outside of the mask. */
export const WAITING: readonly Step[] = [
  PARTLY_OFFLINE,
  QUIET,
  NO_INTERRUPTS,
  REMAPPED_TWICE,
  CLEANUP,
  BUG,
  LOST,
]
