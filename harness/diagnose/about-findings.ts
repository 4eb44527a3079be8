/** What should one know of a finding beside its sentence: what it says, why it matters, where the kernel does it, what to do. */
import type { StepName } from '../irq/about/kernel-path.ts'
import type { FindingName } from './finding.ts'

/** The knowledge about one finding. */
export interface AboutFinding {
  /** What it says, in one sentence. */
  readonly says: string
  /** What it means for whoever set the machine up. */
  readonly matters: string
  /** The functions of the kernel that it comes from. */
  readonly path: readonly StepName[]
  /** What to do, or where to look first. */
  readonly look: readonly string[]
  /** Scenarios of the catalogue that show it. */
  readonly shownBy: readonly string[]
}

/** By the finding's name. */
export const ABOUT_FINDINGS: Readonly<Record<FindingName, AboutFinding>> = {
  'pending-though-firing': {
    says: 'A request waits for an interrupt, interrupts came, and the irq did not move.',
    matters:
      'This is no matter of setup: after the first interrupt that finds no other move unfinished, effective has to be a CPU of the mask. The law eventually-moved says so.',
    path: ['ack', 'irq-move', 'masked-move', 'do-affinity', 'assign-vector', 'update-cfg'],
    look: [
      'a longer look: `irqlab diagnose --interval 30`; somebody who writes the mask again and again looks much the same',
      'the log of the kernel: `Moved interrupt pending in old target APIC`, `set affinity failed`',
      '`irqlab explain eventually-moved`, and a run of `deferred-move` on the same kernel',
    ],
    shownBy: ['deferred-move', 'exact-gate'],
  },
  'effective-outside-mask': {
    says: 'Effective is not in the mask, and the kernel has no move pending.',
    matters:
      'The request is lost: the kernel thinks that it was made, so no interrupt will ever move the irq. A deferred request that found no vector ends like this for a moment, but then the mask falls back, too.',
    path: ['masked-move', 'do-affinity', 'assign-vector', 'matrix-alloc'],
    look: [
      'vectors of the CPUs that were asked for: debugfs irq/domains/VECTOR',
      'write the mask again and let it fire twice: does effective follow now?',
    ],
    shownBy: ['no-vector-left'],
  },
  'counted-elsewhere': {
    says: 'Interrupts were counted on a CPU that was not effective in either sample.',
    matters:
      'Either the hardware delivers where the kernel did not send it, or the irq moved there and back between the samples. The law counted-where-programmed allows one straggler.',
    path: ['msi-affinity', 'update-cfg', 'proc-show'],
    look: [
      'a shorter look: `irqlab diagnose --interval 1`: less time to go there and back',
      'who else writes masks: drivers do on CPU hotplug and `ethtool -L`',
    ],
    shownBy: ['deferred-move'],
  },
  'kernel-complained': {
    says: 'The log of the kernel has messages that say an interrupt was lost, refused or switched off.',
    matters:
      '`nobody cared` means that the irq is disabled for good; `set affinity failed(-28)` that it stayed on a CPU that is gone.',
    path: ['migrate-one', 'do-affinity', 'matrix-alloc', 'free-moved'],
    look: [
      'the first of the lines: the others often follow from it',
      '`dmesg` around its time: a CPU that went, a device that came',
    ],
    shownBy: ['irq-dies-without-vector'],
  },
  'affinity-broken': {
    says: 'The mask of the irq is what was left when a CPU went offline.',
    matters:
      'When the last online CPU of a mask goes, the kernel gives the mask up and takes all CPUs that are left. It does not come back with the CPU. What the administrator had pinned is pinned no longer.',
    path: ['migrate-one', 'fixup-pending', 'do-affinity'],
    look: [
      'write the mask again, after the CPU is back',
      'who takes CPUs offline: suspend, a resized virtual machine, a power daemon',
    ],
    shownBy: ['broken-affinity'],
  },
  'isolated-cpu-hit': {
    says: 'A CPU of isolcpus= or nohz_full= got interrupts of a device between the samples.',
    matters:
      'Setting CPUs apart keeps tasks away, not interrupts: their masks have to be written, and by then it may be pending.',
    path: ['setup-affinity', 'select-affinity', 'masked-move'],
    look: [
      'a finding pending-and-quiet of the same irq: the mask was written, and this was the interrupt that makes it so',
      '`irqaffinity=` on the kernel command line: what irqs start on',
      'managed irqs: `isolcpus=managed_irq,LIST`, which holds as long as a CPU that is not set apart is in their mask',
    ],
    shownBy: ['isolated-cpus', 'default-affinity'],
  },
  'mask-rewritten': {
    says: 'The mask changed between the two samples, or is not what a unit or a script of this machine writes.',
    matters:
      'Somebody writes it. A mask that is set by hand does not live long beside irqbalance or tuned, and a driver writes its own when CPUs or queues come and go.',
    path: ['proc-write', 'decide'],
    look: [
      'irqbalance: IRQBALANCE_BANNED_CPULIST, or --banirq in its arguments, for what must stay',
      'tuned: default_irq_smp_affinity and isolated_cores of its profile',
      '`irqlab diagnose --watch` shows when, the tracepoints of irq_vectors by whom',
    ],
    shownBy: ['irqbalance', 'fewer-channels'],
  },
  'writers-at-odds': {
    says: 'A program that writes masks as it sees fit runs beside a unit or a script that writes its own.',
    matters:
      'irqbalance places every irq when it starts, and moves it whenever the load says so; it does not know of masks that somebody wrote by hand. What was pinned at boot lives until its first look, ten seconds later.',
    path: ['proc-write', 'decide'],
    look: [
      'one writer only: `systemctl disable --now irqbalance`, or leave the irqs to it',
      'IRQBALANCE_BANNED_CPULIST keeps it from CPUs, --banirq in its arguments from irqs',
      'two captures half a minute apart: which masks changed?',
    ],
    shownBy: ['irqbalance'],
  },
  'vectors-short': {
    says: 'A CPU has hardly a vector left for one more irq.',
    matters:
      'A CPU of a PC has about 200 vectors for devices. When there is none, a write without remapping succeeds all the same, and the request is dropped at the next interrupt without a word; with remapping the write says ENOSPC.',
    path: ['assign-vector', 'matrix-alloc'],
    look: [
      'fewer queues: `ethtool -L`',
      'a wider mask: the kernel takes the CPU of it with the most vectors left',
      'a leak: the number falls with each CPU that goes and comes (CVE-2024-31076)',
    ],
    shownBy: ['no-vector-left', 'no-vector-left-remapped', 'cve-2024-31076-vector-leak'],
  },
  'pending-and-quiet': {
    says: 'A request waits for the next interrupt of its irq, and there was none.',
    matters:
      'Without interrupt remapping an irq can only be moved in its own interrupt. The write succeeds and reads back at once; effective follows when the irq fires, on a quiet queue hours later: its next interrupt still hits the old CPU. The kernel does as it must.',
    path: ['proc-write', 'decide', 'copy-pending', 'proc-show', 'ack', 'masked-move'],
    look: [
      'effective_affinity_list, and never smp_affinity_list, says where the irq is',
      'make it fire: traffic to that queue, once to move it and once more to free the old vector',
      'interrupt remapping (VT-d, AMD-Vi, in the firmware and on the kernel command line) makes writes immediate',
    ],
    shownBy: ['quiet-queue', 'deferred-move', 'first-write-after-probe'],
  },
  'pending-though-remapped': {
    says: 'The irq is remapped, so a write should move it at once, and yet a request waits.',
    matters:
      'The write came while the vector of the move before was not freed yet. From then on every write waits for an interrupt, also seconds later: on a quiet irq for ever.',
    path: [
      'decide',
      'remapped-affinity',
      'assign-vector',
      'copy-pending',
      'cleanup-by-ipi',
      'cleanup-by-timer',
    ],
    look: ['who wrote twice within milliseconds', 'make it fire once'],
    shownBy: ['rapid-double-write', 'request-during-cleanup'],
  },
  'pending-undecided': {
    says: 'A request waits, and what was seen does not tell whether it should.',
    matters:
      'One to three interrupts may be those that a move before this one needs. With one look at the masks, as in a sosreport, a request may be younger than the last interrupt; of an irqchip that irqlab does not know nothing can be said.',
    path: ['masked-move', 'assign-vector', 'complete-move'],
    look: [
      'a longer look: `irqlab diagnose --interval 30`',
      'of a machine that only sends reports: `irqlab capture --script` prints what takes two samples there',
    ],
    shownBy: ['request-during-cleanup'],
  },
  'offline-cpu-in-mask': {
    says: 'The mask names CPUs that are offline.',
    matters:
      'The kernel sends the irq to those that are online, and keeps the others in mind. When no CPU of a request is online at the next interrupt, the request is dropped.',
    path: ['proc-write', 'masked-move', 'migrate-one'],
    look: ['write a mask of CPUs that are online, or bring the CPU back and write the mask again'],
    shownBy: ['partly-offline-mask', 'part-of-a-request-offline'],
  },
  'hint-against-mask': {
    says: 'The driver asks for other CPUs than the irq has.',
    matters:
      'Drivers spread their queues so that each is served where its data is used. A mask against that is no error, but rarely meant; irqbalance ignores hints since 1.0.8.',
    path: ['proc-write', 'select-affinity'],
    look: [
      'who wrote the mask: irqbalance, a script of the vendor (set_irq_affinity), tuned',
      'XPS and RPS of the queue: they should name the same CPUs',
    ],
    shownBy: ['first-write-after-probe'],
  },
  'managed-move-tried': {
    says: 'Somebody tries to move an irq that the kernel manages, and is refused.',
    matters:
      'Queues of NVMe, virtio-blk and others belong to fixed CPUs. The write ends with EIO, since 6.12 with EPERM; it changes nothing.',
    path: ['proc-write'],
    look: [
      '`--banirq` of irqbalance, or a newer one, which learns from the first refusal',
      '`isolcpus=managed_irq,LIST` to keep them from CPUs',
    ],
    shownBy: ['managed-irq', 'eio-eperm'],
  },
  'balancer-present': {
    says: 'A program that writes masks runs on this machine.',
    matters:
      'irqbalance looks at the load every ten seconds and writes masks as it sees fit; tuned does it when a profile is applied. Whatever is set by hand is a guest there.',
    path: ['proc-write'],
    look: [
      'two captures half a minute apart: which masks changed?',
      'the settings below the finding: banned CPUs, isolated cores',
    ],
    shownBy: ['irqbalance'],
  },
  'was-elsewhere': {
    says: 'Since boot the irq was counted on CPUs that its mask does not name and that are not effective.',
    matters:
      'Its mask was another once: somebody wrote it, or its driver did when it set up its queues. With irqbalance on the machine and counts on many CPUs, whoever sets a mask by hand is one of two writers.',
    path: ['proc-write', 'proc-show'],
    look: [
      'who writes masks: irqbalance, tuned, a unit or a script at boot',
      'a capture of our own has two samples: `irqlab capture --script` prints what makes one',
    ],
    shownBy: ['irqbalance', 'deferred-move'],
  },
  'managed-on-isolated-cpu': {
    says: 'A managed irq belongs to a CPU that is set apart, and was quiet.',
    matters:
      'It fires only when something on its CPUs uses its queue, and nobody can move it from user space.',
    path: ['proc-write', 'setup-affinity'],
    look: ['`isolcpus=managed_irq,LIST`'],
    shownBy: ['isolated-cpus', 'managed-irq'],
  },
  'isolated-cpu-aimed-at': {
    says: 'The next interrupt of a quiet irq will hit a CPU that is set apart.',
    matters:
      'Nothing happened yet. It is right where the CPU was set apart for just this device, and a surprise everywhere else.',
    path: ['setup-affinity', 'select-affinity'],
    look: ['effective_affinity_list of the irq, and whether the mask was written on purpose'],
    shownBy: ['isolated-cpus'],
  },
  'no-remapping': {
    says: 'No irqchip of a device is called IR-: interrupts are not remapped.',
    matters:
      'A new mask waits for the next interrupt of its irq. Nothing of that is wrong; it is the way of a PC without an IOMMU that remaps.',
    path: ['decide', 'can-move-by-flag', 'can-move-by-chip', 'ack', 'masked-move'],
    look: [
      '`intremap=` and `iommu=` on the kernel command line; VT-d or AMD-Vi in the firmware',
      'a guest sees what its hypervisor gives it',
    ],
    shownBy: ['deferred-move'],
  },
  'remapping-on': {
    says: 'Irqchips are called IR-: an IOMMU remaps interrupts.',
    matters:
      'A new mask takes effect with the write: only an entry of a table changes. Two writes in quick succession may still leave the second one waiting.',
    path: ['decide', 'remapped-affinity'],
    look: ['`irqlab explain pending-though-remapped` for the exception'],
    shownBy: ['immediate-move'],
  },
}
