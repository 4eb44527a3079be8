import t from 'tap'
import { queueWith } from './move-fixture.ts'
import { demand, type Offer, type Need, NEEDS } from './needs.ts'

const PLAIN: Offer = {
  rxQueues: [queueWith('PCI-MSIX-0000:00:03.0', 0), queueWith('PCI-MSIX-0000:00:03.0', 1)],
  devices: [],
  hasEffectiveAffinity: true,
  canReadPending: true,
  canHotplug: true,
  canThreadNapi: true,
  timer: { number: 0, action: 'timer', chip: 'IO-APIC' },
}
const REMAPPED: Offer = {
  ...PLAIN,
  rxQueues: [queueWith('IR-PCI-MSIX-0000:00:03.0', 0), queueWith('IR-PCI-MSI', 1)],
}

/** The needs that a guest does not meet. */
function unmetBy(facts: Offer): readonly Need[] {
  return NEEDS.filter((need) => {
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
  t.same(unmetBy({ ...PLAIN, rxQueues: PLAIN.rxQueues.slice(1) }), [
    'several rx queues',
    'interrupt remapping',
  ])
})

await t.test('a guest with queues of both kinds meets neither need of remapping', async (t) => {
  const mixed = { ...PLAIN, rxQueues: [...PLAIN.rxQueues, ...REMAPPED.rxQueues] }
  t.same(unmetBy(mixed), ['no interrupt remapping', 'interrupt remapping'])
  const port = { ...queueWith('IO-APIC', 5), name: 'ttyS1' }
  const withPort = { ...REMAPPED, devices: [port] }
  t.same(unmetBy(withPort), ['no interrupt remapping', 'interrupt remapping'], 'devices count as well')
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
