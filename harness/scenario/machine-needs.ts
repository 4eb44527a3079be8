/** Which needs can a guest of this machine never meet, whatever its kernel? Asked before anything is booted for it. */
import { NotApplicable } from '../base/errors.ts'
import type { Machine } from '../guest/machine.ts'
import type { Need } from './needs.ts'

/** Why the machine cannot meet it, or undefined. */
type Answer = (machine: Machine) => string | undefined

const ANSWERS: Partial<Readonly<Record<Need, Answer>>> = {
  'several rx queues': ({ nic }) => (nic.queuePairs > 1 ? undefined : 'its NIC has 1 rx queue'),
  'one irq for all queues': ({ nic }) =>
    nic.vectors === undefined ? 'its NIC has a vector for each queue' : undefined,
  'interrupt remapping': ({ remapping }) => (remapping === 'none' ? 'it has none' : undefined),
  'no interrupt remapping': ({ remapping }) =>
    remapping === 'none' ? undefined : `it has that of ${remapping === 'intel' ? 'Intel' : 'AMD'}`,
  'more than 32 CPUs': ({ cpus }) => (cpus > 32 ? undefined : `it has ${cpus}`),
  'two NUMA nodes': ({ nodes }) => (nodes > 1 ? undefined : 'it has one'),
  'isolated CPUs': ({ isolatedCpus }) => (isolatedCpus === '' ? 'it isolates none' : undefined),
  'places for more CPUs': ({ spareCpus }) => (spareCpus > 0 ? undefined : 'all its CPUs are there at boot'),
}

/**
 * Throws `NotApplicable` for the first need that the machine cannot meet. `isChanged` is true where the user added to the
 * command line of the kernel or of QEMU: that may give what the machine has not, so only the guest can tell.
 */
export function demandOfMachine(needs: readonly Need[], machine: Machine, isChanged: boolean): void {
  if (isChanged || machine.append !== '') return
  for (const need of needs) {
    const unmet = ANSWERS[need]?.(machine)
    if (unmet !== undefined)
      throw new NotApplicable(need, `needs ${need}: the machine ${machine.name} cannot: ${unmet}`)
  }
}
