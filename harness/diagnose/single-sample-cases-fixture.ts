/** Doctored machines of which there is only one sample, as in a sosreport, and what may honestly be found on each. */
import type { FindingCase } from './finding-cases-fixture.ts'

const waiting = { requested: '2', effective: '0' } as const
const remapped = { chip: 'IR-PCI-MSIX-0000:00:03.0' } as const
/** Of each queue's irq, on its own CPU alone. */
const since = { 24: on(0, 60), 25: on(1, 60), 26: on(2, 60), 27: on(3, 60) } as const

/** All of them. */
export const singleSampleCases: readonly FindingCase[] = [
  {
    what: 'one sample alone',
    machine: { single: true, since, irqs: { 24: waiting } },
    finds: ['pending-undecided 24'],
    says: /whether it fired is not known$/,
  },
  {
    what: 'one sample of an irq that never fired',
    machine: { single: true, since: { ...since, 24: on(0, 0) }, irqs: { 24: waiting } },
    finds: ['pending-and-quiet 24'],
    says: /effective is still CPU 0: no interrupt since boot, and it moves at its next one$/,
  },
  {
    what: 'never fired, as far as the CPUs that are online tell',
    machine: {
      single: true,
      online: '0-2',
      since: { ...since, 24: on(0, 0) },
      irqs: { 24: waiting, 27: { requested: '0', effective: '0' } },
    },
    finds: ['pending-undecided 24', 'was-elsewhere 27'],
  },
  {
    what: 'one sample, and /proc/stat counted no more than that',
    machine: { single: true, since, totals: { seconds: 13.2, irqs: { 24: 60 } }, irqs: { 24: waiting } },
    finds: ['pending-and-quiet 24'],
    says: /no interrupt between \/proc\/interrupts and \/proc\/stat, and it moves at its next one$/,
  },
  {
    what: 'one sample, and /proc/stat counted more',
    machine: { single: true, since, totals: { irqs: { 24: 77 } }, irqs: { 24: waiting } },
    finds: ['pending-undecided 24'],
    says: /it fires, and whether the request is older than its last interrupt one look at the masks does not tell$/,
  },
  {
    what: 'one sample, remapped, and quiet',
    machine: {
      single: true,
      since: { ...since, 24: on(0, 0) },
      totals: { irqs: { 24: 0 } },
      irqs: { 24: { ...waiting, ...remapped } },
    },
    finds: ['pending-though-remapped 24', 'remapping-on'],
    says: /no interrupt since boot\. With remapping the write should have moved it/,
  },
  {
    what: 'one sample: irqbalance, and a unit that pins',
    machine: {
      single: true,
      since,
      balancers: ['irqbalance'],
      writers: ['etc/rc.local:irq 24 smp_affinity_list 3', 'etc/rc.local:irq 25 smp_affinity 2'],
    },
    finds: ['mask-rewritten 24', 'writers-at-odds', 'balancer-present'],
    says: /etc\/rc\.local writes CPU 3 and its mask is CPU 0: .* irqbalance runs here and is the likely writer$/,
  },
  {
    what: 'a script that does not spell its irqs out, and irqbalance',
    machine: { balancers: ['irqbalance'], writers: ['etc/cron.d/pin:some irqs'] },
    finds: ['writers-at-odds', 'balancer-present'],
    says: /^irqbalance runs here, and etc\/cron\.d\/pin writes masks, too/,
  },
  {
    what: 'a script that pins, and nobody else',
    machine: { single: true, since, writers: ['etc/rc.local:irq 24 smp_affinity_list 0'] },
    finds: [],
  },
  {
    what: 'one sample: it was elsewhere before',
    machine: { single: true, since: { ...since, 24: { 0: 50, 1: 4, 2: 3, 3: 0 } } },
    finds: ['was-elsewhere 24'],
    says: /its mask is CPU 0, and since boot it was counted 4 on CPU 1, 3 on CPU 2: its mask was another$/,
  },
]

function on(cpu: number, count: number): Readonly<Record<number, number>> {
  return { 0: 0, 1: 0, 2: 0, 3: 0, [cpu]: count }
}
