import t from 'tap'
import { CpuMask } from '../irq/cpu-mask.ts'
import { queueWith } from './move-fixture.ts'
import { demand, demandUntouched, type Offer, type Need, NEEDS } from './needs.ts'

const PLAIN: Offer = {
  rxQueues: [queueWith('PCI-MSIX-0000:00:03.0', 0), queueWith('PCI-MSIX-0000:00:03.0', 1)],
  devices: [],
  hasEffectiveAffinity: true,
  canReadPending: true,
  canHotplug: true,
  canThreadNapi: true,
  canSuspendToIdle: true,
  canSilenceQueues: true,
  timer: { number: 0, action: 'timer', chip: 'IO-APIC' },
  onlineCpus: CpuMask.of(0, 1, 2, 3),
  cpus: {
    possible: CpuMask.of(0, 1, 2, 3),
    nodes: [CpuMask.of(0, 1, 2, 3)],
    isolated: CpuMask.of(),
    tickless: CpuMask.of(),
    irqDefault: CpuMask.of(0, 1, 2, 3),
    apicRouting: undefined,
  },
}
/** What no plain machine has. */
const SPECIAL: readonly Need[] = [
  'more than 32 CPUs',
  'two NUMA nodes',
  'isolated CPUs',
  'places for more CPUs',
  'one irq for all queues',
]
const REMAPPED: Offer = {
  ...PLAIN,
  rxQueues: [queueWith('IR-PCI-MSIX-0000:00:03.0', 0), queueWith('IR-PCI-MSI', 1)],
}

/** The needs that a guest does not meet, but for those of `expected`. */
function unmetBy(facts: Offer, expected: readonly Need[] = SPECIAL): readonly Need[] {
  return NEEDS.filter((need) => !expected.includes(need)).filter((need) => {
    try {
      demand([need], facts)
      return false
    } catch {
      return true
    }
  })
}

await t.test('each need is met or not by the facts of the guest', async (t) => {
  t.same(unmetBy(PLAIN), ['interrupt remapping'])
  t.same(unmetBy(REMAPPED), ['no interrupt remapping'])
  t.same(unmetBy({ ...PLAIN, hasEffectiveAffinity: false }), ['effective_affinity', 'interrupt remapping'])
  t.same(unmetBy({ ...PLAIN, canReadPending: false }), ['the pending bit', 'interrupt remapping'])
  t.same(unmetBy({ ...PLAIN, canSilenceQueues: false }), [
    'interrupt remapping',
    'queues that can be silenced',
  ])
  t.same(unmetBy({ ...PLAIN, rxQueues: PLAIN.rxQueues.slice(1) }), [
    'several rx queues',
    'interrupt remapping',
  ])
})

await t.test('one irq for all queues is told by its stimulus', async (t) => {
  const [queue] = PLAIN.rxQueues
  if (queue === undefined) throw new Error('the plain machine has queues')
  const shared = {
    ...PLAIN,
    rxQueues: [{ ...queue, stimulus: { kind: 'datagram', queueIndex: 'any' } as const }],
  }
  t.notOk(unmetBy(shared, []).includes('one irq for all queues'))
  t.ok(unmetBy(PLAIN, []).includes('one irq for all queues'))
})

await t.test('a guest with queues of both kinds meets neither need of remapping', async (t) => {
  const mixed = { ...PLAIN, rxQueues: [...PLAIN.rxQueues, ...REMAPPED.rxQueues] }
  t.same(unmetBy(mixed), ['no interrupt remapping', 'interrupt remapping'])
  const port = { ...queueWith('IO-APIC', 5), name: 'ttyS1' }
  const withPort = { ...REMAPPED, devices: [port] }
  t.same(unmetBy(withPort), ['no interrupt remapping', 'interrupt remapping'], 'devices count as well')
})

await t.test('what only special machines have is a need as well', async (t) => {
  const { cpus } = PLAIN
  t.same(unmetBy(PLAIN, []), ['interrupt remapping', ...SPECIAL])
  const special: Offer = {
    ...PLAIN,
    onlineCpus: CpuMask.of(...Array.from({ length: 33 }, (_, cpu) => cpu)),
    cpus: {
      ...cpus,
      possible: CpuMask.of(...Array.from({ length: 34 }, (_, cpu) => cpu)),
      nodes: [CpuMask.of(0, 1), CpuMask.of(2, 3)],
      isolated: CpuMask.of(3),
    },
  }
  t.same(unmetBy(special, []), ['interrupt remapping', 'one irq for all queues'])
})

await t.test('an unmet need is not applicable, and says which and why', async (t) => {
  const error = { name: 'NotApplicable', need: 'no interrupt remapping' }
  t.throws(() => demand(['effective_affinity', 'no interrupt remapping', 'the pending bit'], REMAPPED), {
    ...error,
    message: 'needs no interrupt remapping: irq 24 goes through IR-PCI-MSIX-0000:00:03.0',
  })
  t.throws(() => demand(NEEDS, { ...REMAPPED, canReadPending: false }), {
    name: 'NotApplicable',
    need: 'the pending bit',
  })
})

await t.test('a scenario that needs nothing runs anywhere', async (t) => {
  t.doesNotThrow(() =>
    demand([], { ...PLAIN, rxQueues: [], hasEffectiveAffinity: false, canReadPending: false }),
  )
})

await t.test('what asks of irqs as they are at first has no meaning after a balancer', async (t) => {
  t.doesNotThrow(() => demandUntouched({ settle: false }, []))
  t.doesNotThrow(() => demandUntouched({ settle: true }, ['irqbalance']))
  t.throws(() => demandUntouched({ settle: false }, ['irqbalance', 'tuned']), {
    name: 'NotApplicable',
    need: 'irqs that nobody has written to',
    message: /irqbalance and tuned ran in the guest before/,
  })
})
