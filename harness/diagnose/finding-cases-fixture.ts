/** Doctored machines, and what must be found on each: every finding, and the states that look like one and are none. */
import type { DoctoredMachine } from './doctored-capture-fixture.ts'
import type { FindingName } from './finding.ts'

/** One machine. */
export interface FindingCase {
  readonly what: string
  readonly machine: DoctoredMachine
  /** `name` of the machine, or `name irq`. */
  readonly finds: readonly (FindingName | `${FindingName} ${number}`)[]
  readonly says?: RegExp
}

const waiting = { requested: '2', effective: '0' } as const
const remapped = { chip: 'IR-PCI-MSIX-0000:00:03.0' } as const

/** All of them. */
export const findingCases: readonly FindingCase[] = [
  { what: 'a quiet machine', machine: {}, finds: [] },
  { what: 'a busy one, each irq on its CPU', machine: { irqs: { 24: { fired: { 0: 500 } } } }, finds: [] },
  {
    what: 'a mask of several CPUs, effective one of them',
    machine: { irqs: { 24: { requested: '0-3' } } },
    finds: [],
  },
  {
    what: 'a request that waits on a quiet irq',
    machine: { irqs: { 24: waiting } },
    finds: ['pending-and-quiet 24'],
    says: /^irq 24 \(virtio0-input\.0\): CPU 2 requested, effective is still CPU 0: no interrupt in 5 s, and it moves at its next one$/,
  },
  {
    what: 'the same, asked by the driver itself',
    machine: { irqs: { 24: { ...waiting, hint: '4' } } },
    finds: ['pending-and-quiet 24'],
    says: /its driver asked for it \(affinity_hint\)$/,
  },
  {
    what: 'a request between the samples, fired before it or not',
    machine: { irqs: { 24: { requested: ['0', '2'], effective: '0', fired: { 0: 9 } } } },
    finds: ['mask-rewritten 24', 'pending-and-quiet 24'],
    says: /neither irqbalance nor tuned runs/,
  },
  {
    what: 'a request that waits although it fires',
    machine: { irqs: { 24: { ...waiting, fired: { 0: 4 } } } },
    finds: ['pending-though-firing 24'],
    says: /although it fired 4 times in 5 s: the first of these should have moved it/,
  },
  {
    what: 'one interrupt is no proof',
    machine: { irqs: { 24: { ...waiting, fired: { 0: 1 } } } },
    finds: ['pending-undecided 24'],
    says: /after one interrupt in 5 s: too few/,
  },
  {
    what: 'a move that was made between the samples',
    machine: { irqs: { 24: { requested: '2', effective: ['0', '2'], fired: { 0: 1, 2: 5 } } } },
    finds: [],
  },
  {
    what: 'no CPU of the mask is online: nothing to move to',
    machine: {
      online: '0-2',
      irqs: {
        24: { requested: '3', effective: '0', fired: { 0: 50 } },
        27: { requested: '0', effective: '0' },
      },
    },
    finds: ['offline-cpu-in-mask 24'],
    says: /names CPU 3, which is offline; no CPU of it is online$/,
  },
  {
    what: 'no driver: the mask is only stored',
    machine: { irqs: { 24: { ...waiting, action: '' } } },
    finds: [],
  },
  {
    what: 'an irqchip that we do not know, firing',
    machine: { irqs: { 24: { ...waiting, chip: 'GICv3', fired: { 0: 99 } } } },
    finds: ['pending-undecided 24'],
  },
  {
    what: 'remapped, and yet it waits',
    machine: { irqs: { 24: { ...waiting, ...remapped } } },
    finds: ['pending-though-remapped 24', 'remapping-on'],
    says: /now each request waits for its next interrupt/,
  },
  {
    what: 'debugfs says that nothing is pending',
    machine: { irqs: { 24: { ...waiting, debug: ['dstate:   0x1', ' IRQD_ACTIVATED'] } } },
    finds: ['effective-outside-mask 24'],
    says: /does not even have a move pending/,
  },
  {
    what: 'debugfs says that one is, although effective is within the mask',
    machine: { irqs: { 24: { requested: '0-2', effective: '0', debug: [' IRQD_SETAFFINITY_PENDING'] } } },
    finds: ['pending-and-quiet 24'],
    says: /CPUs 0-2 requested, it is still pending, and effective is CPU 0: no interrupt/,
  },
  {
    what: 'counted where it is not',
    machine: { irqs: { 24: { fired: { 0: 3, 2: 7 } } } },
    finds: ['counted-elsewhere 24'],
    says: /effective was CPU 0 in both samples, and yet it was counted elsewhere: 7 on CPU 2$/,
  },
  { what: 'one straggler is allowed', machine: { irqs: { 24: { fired: { 0: 3, 2: 1 } } } }, finds: [] },
  {
    what: 'with a balancer there and back is possible',
    machine: { balancers: ['irqbalance'], irqs: { 24: { fired: { 0: 3, 2: 7 } } } },
    finds: ['balancer-present'],
    says: /^irqbalance runs here: it may write over any mask/,
  },
  {
    what: 'irqbalance rewrites',
    machine: { balancers: ['irqbalance'], irqs: { 24: { requested: ['0', '2'], effective: ['0', '2'] } } },
    finds: ['mask-rewritten 24', 'balancer-present'],
    says: /was CPU 0 and became CPU 2 between the samples; irqbalance runs here and is the likely writer$/,
  },
  {
    what: 'the driver rewrites its hints',
    machine: { irqs: { 24: { requested: ['2', '0'], effective: '0', hint: '1' } } },
    finds: ['mask-rewritten 24'],
    says: /it is now what its driver asks for/,
  },
  {
    what: 'tuned and irqbalance',
    machine: { balancers: ['tuned', 'irqbalance'] },
    finds: ['balancer-present'],
    says: /^tuned and irqbalance run here/,
  },
  {
    what: 'a hint that is not followed',
    machine: { irqs: { 24: { hint: '8' } } },
    finds: ['hint-against-mask 24'],
    says: /its driver asks for CPU 3, its mask is CPU 0 and it is on CPU 0/,
  },
  { what: 'a mask within the hint', machine: { irqs: { 24: { hint: '3' } } }, finds: [] },
  {
    what: 'a wider mask, effective within the hint',
    machine: { irqs: { 24: { requested: '0-3', hint: '1' } } },
    finds: [],
  },
  {
    what: 'a CPU of the mask is offline',
    machine: { online: '0-2', irqs: { 24: { requested: '0,3' }, 27: { requested: '0', effective: '0' } } },
    finds: ['offline-cpu-in-mask 24'],
    says: /names CPU 3, which is offline; only CPU 0 can get it$/,
  },
  {
    what: 'all CPUs there ever were is no mask that means one',
    machine: { online: '0-2', irqs: { 24: { requested: '0-3' }, 27: { requested: '0-3', effective: '0' } } },
    finds: [],
  },
  {
    what: 'affinity broken: the mask is what is online, others are older',
    machine: {
      online: '0-2',
      irqs: { 24: { requested: '0-2', effective: '1' }, 27: { requested: '0-3', effective: '0' } },
    },
    finds: ['affinity-broken 24'],
    says: /exactly those that are online, while other masks still name CPU 3/,
  },
  {
    what: 'affinity broken while we watched',
    machine: { online: ['0-3', '0-2'], irqs: { 27: { requested: ['3', '0-2'], effective: ['3', '1'] } } },
    finds: ['affinity-broken 27'],
    says: /since its last CPU went offline between the samples/,
  },
  {
    what: 'affinity broken, and the CPU is back',
    machine: {
      log: ['[ 10.1] smpboot: CPU 3 is now offline', '[ 20.1] smpboot: Booting Node 0 Processor 3 APIC 0x3'],
      irqs: { 27: { requested: '0-2', effective: '1' } },
    },
    finds: ['affinity-broken 27'],
    says: /what was left when CPU 3 went offline/,
  },
  {
    what: 'pinned to the one CPU that was left is what people do',
    machine: {
      possible: '0-1',
      online: '0-1',
      log: ['[ 10.1] smpboot: CPU 1 is now offline', '[ 20.1] smpboot: Booting Node 0 Processor 1 APIC 0x1'],
      irqs: { 26: { requested: '0-1', effective: '0' }, 27: { requested: '0-1', effective: '0' } },
    },
    finds: [],
  },
  {
    what: 'no mask names the CPU that is gone: all are younger than its going',
    machine: {
      online: '0-2',
      irqs: { 24: { requested: '0-2', effective: '1' }, 27: { requested: '0-2', effective: '1' } },
    },
    finds: [],
  },
  {
    what: 'two CPUs went, one after the other',
    machine: {
      online: '0-1',
      log: ['[ 10.1] smpboot: CPU 2 is now offline', '[ 20.1] smpboot: CPU 3 is now offline'],
      irqs: { 26: { requested: '0-1,3', effective: '1' }, 27: { requested: '0-3', effective: '0' } },
    },
    finds: ['affinity-broken 26', 'offline-cpu-in-mask 26'],
    says: /what was left when CPU 2 went offline/,
  },
  {
    what: 'the log has no CPU that went: the same mask is a choice',
    machine: { log: ['[ 0.1] x2apic enabled'], irqs: { 27: { requested: '0-2', effective: '1' } } },
    finds: [],
  },
  {
    what: 'an isolated CPU is hit',
    machine: { isolated: '3', irqs: { 27: { fired: { 3: 12 } } } },
    finds: ['isolated-cpu-hit 27'],
    says: /fired on a CPU that is set apart, 12 times on CPU 3; its mask is CPU 3$/,
  },
  { what: 'an isolated CPU will be hit', machine: { isolated: '3' }, finds: ['isolated-cpu-aimed-at 27'] },
  {
    what: 'a managed irq belongs to an isolated CPU',
    machine: { isolated: '3', irqs: { 27: { action: 'nvme0q4' } } },
    finds: ['managed-on-isolated-cpu 27'],
  },
  {
    what: 'a managed irq waits for nothing, whatever its mask says',
    machine: {
      irqs: { 24: { ...waiting, action: 'nvme0q1' }, 25: { ...waiting, effective: '1', fixed: true } },
    },
    finds: [],
  },
  {
    what: 'irqbalance tries to move a managed irq',
    machine: {
      irqs: { 24: { action: 'nvme0q1' } },
      settings: ['irqbalance:Cannot change IRQ 24 affinity: Operation not permitted'],
    },
    finds: ['managed-move-tried 24'],
    says: /^irqbalance tries to move irq 24 \(nvme0q1\) and is refused/,
  },
  {
    what: 'a CPU without vectors',
    machine: {
      vectors: [
        'name:   VECTOR',
        ' | CPU | avl | man | mac | act | vectors',
        '     0   197     0     0     4  32-35',
        '     1     0     0     0   201  32-235',
        '     2     7     0     0   194  32-228',
        '     3     8     0     0   193  32-228',
      ],
    },
    finds: ['vectors-short', 'vectors-short'],
    says: /^CPU 1 has no vector left/,
  },
  {
    what: 'without debugfs: too many irqs on one CPU',
    machine: {
      irqs: Object.fromEntries(
        Array.from({ length: 193 }, (_, at) => [30 + at, { requested: '1', effective: '1' }]),
      ),
    },
    finds: ['vectors-short'],
    says: /^194 irqs are on CPU 1/,
  },
  {
    what: 'the kernel complained',
    machine: { log: ['[ 9.1] IRQ24: set affinity failed(-28).', '[ 9.2] usb 1-1: new device'] },
    finds: ['kernel-complained'],
    says: /since boot: IRQ24: set affinity failed\(-28\)$/,
  },
  {
    what: 'the same complaint about many irqs hides no other',
    machine: {
      log: [
        ...[30, 31, 32].map(
          (irq) => `[ 9.${irq}] irq ${irq}: Affinity broken due to vector space exhaustion.`,
        ),
        '[ 9.9] IRQ24: set affinity failed(-28).',
      ],
    },
    finds: ['kernel-complained'],
    says: /since boot: irq 30: Affinity broken due to vector space exhaustion; IRQ24: set affinity failed\(-28\)$/,
  },
]
