/** What a scenario may need of a guest, and how the guest answers, before the body runs. An unmet need is a skip. */
import { NotApplicable } from '../base/errors.ts'
import type { Irq } from '../irq/irq.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import { isRemapped } from '../irq/irqchip.ts'
import type { CpuFacts } from '../guest/cpu-facts.ts'
import type { IrqWithStimulus, RxQueue } from '../guest/irq-with-stimulus.ts'

/** All needs that there are. */
export const NEEDS = [
  'effective_affinity',
  'the pending bit',
  'several rx queues',
  'no interrupt remapping',
  'interrupt remapping',
  'CPU hotplug',
  'a timer irq',
  'threaded NAPI',
  'suspend to idle',
  'more than 32 CPUs',
  'two NUMA nodes',
  'isolated CPUs',
  'places for more CPUs',
  'one irq for all queues',
  'queues that can be silenced',
] as const

/** A need, in the words that scenarios and reports use. */
export type Need = (typeof NEEDS)[number]

/** What is known of a guest when needs are asked. */
export interface Offer {
  readonly rxQueues: readonly RxQueue[]
  /** The devices that the machine has beside its NIC. */
  readonly devices: readonly IrqWithStimulus[]
  readonly hasEffectiveAffinity: boolean
  readonly canReadPending: boolean
  readonly canHotplug: boolean
  readonly canThreadNapi: boolean
  readonly canSuspendToIdle: boolean
  /** The driver of the NIC can keep a queue from interrupting. */
  readonly canSilenceQueues: boolean
  readonly timer: Irq | undefined
  readonly onlineCpus: CpuMask
  readonly cpus: CpuFacts
}

/** Gives the reason why a need is not met, or undefined. */
type Answer = (facts: Offer) => string | undefined

const ANSWERS: Readonly<Record<Need, Answer>> = {
  effective_affinity: (facts) =>
    facts.hasEffectiveAffinity
      ? undefined
      : 'the kernel shows no effective_affinity (CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK)',
  'the pending bit': (facts) =>
    facts.canReadPending
      ? undefined
      : 'neither /proc/kcore nor debugfs irq/ shows the state of an irq (CONFIG_PROC_KCORE)',
  'several rx queues': (facts) =>
    facts.rxQueues.length > 1 ? undefined : `the NIC has ${facts.rxQueues.length} rx queue`,
  'one irq for all queues': (facts) =>
    facts.rxQueues.some(({ stimulus }) => stimulus.queueIndex === 'any')
      ? undefined
      : 'the NIC has a vector for each queue',
  'no interrupt remapping': (facts) => {
    const remapped = underTest(facts).find(({ irq }) => isRemapped(irq.chip))
    return remapped === undefined ? undefined : `irq ${remapped.irq.number} goes through ${remapped.irq.chip}`
  },
  'interrupt remapping': (facts) => {
    const plain = underTest(facts).find(({ irq }) => !isRemapped(irq.chip))
    return plain === undefined ? undefined : `irq ${plain.irq.number} goes through ${plain.irq.chip}`
  },
  'CPU hotplug': (facts) =>
    facts.canHotplug ? undefined : 'no CPU but the first can be taken offline (CONFIG_HOTPLUG_CPU)',
  'suspend to idle': (facts) =>
    facts.canSuspendToIdle ? undefined : '/sys/power/state of this kernel has no freeze (CONFIG_SUSPEND)',
  'threaded NAPI': (facts) =>
    facts.canThreadNapi
      ? undefined
      : 'this kernel polls in softirqs alone (threaded NAPI is there since 5.12)',
  'queues that can be silenced': (facts) =>
    facts.canSilenceQueues
      ? undefined
      : 'with VIRTIO_RING_F_EVENT_IDX virtqueue_disable_cb does nothing before 5.14 (drivers/virtio/virtio_ring.c)',
  'a timer irq': (facts) =>
    facts.timer === undefined ? 'no irq of this machine has the name timer' : undefined,
  'more than 32 CPUs': ({ cpus: { possible } }) =>
    possible.size > 32 ? undefined : `the guest has ${possible.size}`,
  'two NUMA nodes': ({ cpus: { nodes } }) =>
    nodes.length > 1 ? undefined : 'all CPUs of the guest are in one',
  'isolated CPUs': ({ cpus: { isolated } }) =>
    isolated.isEmpty ? 'no CPU of the guest is isolated (isolcpus=)' : undefined,
  'places for more CPUs': ({ onlineCpus, cpus: { possible } }) =>
    possible.minus(onlineCpus).isEmpty ? `all ${possible.size} CPUs that there can be are there` : undefined,
}

function underTest({ rxQueues, devices }: Offer): readonly IrqWithStimulus[] {
  return [...rxQueues, ...devices]
}

/** Throws `NotApplicable` for the first need that the guest does not meet. */
export function demand(needs: readonly Need[], facts: Offer): void {
  for (const need of needs) {
    const unmet = ANSWERS[need](facts)
    if (unmet !== undefined) throw new NotApplicable(need, `needs ${need}: ${unmet}`)
  }
}

/**
 * Throws `NotApplicable` for a scenario that does not settle: it asks of irqs as they are at first, and `writers` were in the
 * guest before us.
 */
export function demandUntouched({ settle }: { readonly settle: boolean }, writers: readonly string[]): void {
  if (settle || writers.length === 0) return
  const need = 'irqs that nobody has written to'
  throw new NotApplicable(
    need,
    `needs ${need}: ${writers.join(' and ')} ran in the guest before it was asked`,
  )
}
