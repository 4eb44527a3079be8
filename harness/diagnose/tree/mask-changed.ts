/** Steps of the tree for a mask that is not what was written: who changes it beside the administrator? */
import type { Step } from './step.ts'

const BALANCER: Step = {
  name: 'Somebody else writes masks',
  shows: 'irqbalance or tuned runs',
  answer: 'irqbalance, tuned: they write, too',
  means: [
    'irqbalance looks every ten seconds and writes when the load asks for it, so a mask of yours may live for minutes before it goes. tuned writes when a profile is applied. Both are told by their settings what to leave alone. A unit or a script at boot that writes masks beside irqbalance is at odds with it for as long as both are there: whoever wrote last is seen, and a report tells them by their files.',
  ],
  seen: [['irqbalance is started between the two samples, and may not use CPU 0:', 'rewritten']],
  functions: ['proc-write', 'decide'],
  findings: ['mask-rewritten', 'writers-at-odds', 'balancer-present'],
  laws: ['accepted', 'replaced'],
  scenarios: ['irqbalance', 'overwritten-request'],
}

const HINT: Step = {
  name: 'The driver deals its irqs out again',
  shows: 'it reads what affinity_hint says, after CPUs or channels came or went',
  answer: 'the driver wrote its own mask',
  means: [
    "Drivers spread their queues when they are probed; virtio-net does it again whenever a CPU goes or comes, and with `ethtool -L`. Each time the masks of an administrator are lost, and the driver's own are requests like any other: they wait for the next interrupt. Other drivers only give a hint, or nothing.",
  ],
  seen: [
    [
      "A queue is asked to go to CPU 0. Then CPU 3 goes offline, of which nobody spoke, and the mask is the driver's again:",
      'hint-rewritten',
    ],
    ['The other way round, a mask that somebody wrote against the driver:', 'hint-against-mask'],
  ],
  functions: ['proc-write', 'decide'],
  findings: ['hint-against-mask'],
  laws: ['accepted', 'replaced'],
  scenarios: [
    'hints-when-a-cpu-goes',
    'hints-when-a-cpu-returns',
    'fewer-channels',
    'boot-state',
    'first-write-after-probe',
  ],
}

const BROKEN: Step = {
  name: 'A CPU went offline and took the mask with it',
  shows: 'it reads all online CPUs, after a CPU went offline',
  answer: 'broken by CPU hotplug, for good',
  means: [
    'When the last online CPU of a mask goes, the kernel has to put the irq somewhere: the mask becomes all CPUs that are left, and it stays so when the CPU is back. A mask that has another online CPU only loses the irq to that one. Managed irqs are the exception: they are shut down and started again with the CPU (read in the source; no scenario shows it yet).',
    'A request that was waiting is treated by where it was going: one for CPUs that are left is made at once, one for the CPU that goes alone is dropped and the mask before it reads back.',
  ],
  seen: [['ttyS0 is pinned to CPU 3; CPU 3 goes, and comes back:', 'broken-by-offline']],
  versions: [
    [
      'before 6.10, 6.6.47',
      'without a vector on the rest of its mask the irq dies: `set affinity failed(-28)`',
    ],
    ['since then', 'the kernel tries all online CPUs (88d724e2301a)'],
    ['before 6.10, 6.1.93, 5.10.219', 'each such step may leak a vector (CVE-2024-31076, a6c11c0a5235)'],
  ],
  functions: ['migrate-one', 'fixup-pending', 'force-complete', 'force-complete-by-chip'],
  findings: ['affinity-broken', 'kernel-complained'],
  laws: ['fell-back', 'kept-offline', 'given-back', 'moved-anyway'],
  scenarios: [
    'broken-affinity',
    'request-meets-offline',
    'request-for-a-cpu-that-goes',
    'move-is-not-over',
    'another-cpu-goes-offline',
    'irq-dies-without-vector',
    'cve-2024-31076-vector-leak',
    'removed-cpu',
  ],
}

const DROPPED: Step = {
  name: 'No vector left, found out later',
  shows: 'it reads what was there before, after the irq fired',
  answer: 'no vector left on the target CPU',
  means: [
    'A CPU of a PC has about 200 vectors for devices. A write that waits cannot know whether there will be one; when the interrupt comes and there is none, the kernel drops the request without a word, and the old mask reads back.',
  ],
  seen: [
    ['CPU 2 is full. The write succeeds and reads back; one packet later it never was:', 'no-vector'],
    [
      "On 6.1 an irq that has to leave a CPU that goes offline, and finds no vector in its mask, is lost. The kernel's log has it:",
      'kernel-complained',
    ],
  ],
  functions: ['masked-move', 'assign-vector', 'matrix-alloc'],
  findings: ['vectors-short', 'kernel-complained'],
  laws: ['dropped'],
  scenarios: ['no-vector-left', 'choice-of-cpus', 'irq-dies-without-vector'],
}

const ANOTHER: Step = {
  name: 'It is another irq now',
  shows: 'the driver was bound anew, the machine slept, or the device was closed',
  answer: 'a new irq starts from the default',
  means: [
    "A driver that is unbound and bound, a suspend that frees the queues, a device that is plugged in: the irq is freed and another one made, often with the same number. It starts from `/proc/irq/default_smp_affinity` (`irqaffinity=`) and the driver's hint; a new default never moves what is there.",
    'An irq that is freed and requested again by the same device (ttyS1, many NICs in ifdown and ifup) keeps its descriptor and its mask. One that was pending then is a live bug: the old request comes back and overrides a later one ([report](reports/stale-pending-mask.md)).',
  ],
  type: ['cat /proc/irq/default_smp_affinity', 'cat /proc/irq/N/affinity_hint', 'dmesg | tail'],
  seen: [],
  functions: ['setup-affinity', 'deactivated-affinity'],
  findings: [],
  laws: ['started'],
  scenarios: [
    'rebind',
    'suspend-to-idle',
    'down-and-up',
    'new-handler',
    'default-affinity',
    'pending-dies-with-the-action',
  ],
}

/** The mask reads back as something else. */
export const CHANGED_MASKS: readonly Step[] = [BALANCER, HINT, BROKEN, DROPPED, ANOTHER]
