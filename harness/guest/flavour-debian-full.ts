/** The full Debian guest: an initramfs of ours finds its disk and sets up its NICs, then systemd starts what Debian starts. */
import { MANAGEMENT_INTERFACE } from './addresses.ts'
import { settleBalancers } from './balancers.ts'
import { awaitSystem } from './await-system.ts'
import type { Flavour } from './flavour.ts'
import { awaitDiskStages } from './readiness.ts'

/** The adapter. */
export const debianFullFlavour: Flavour = {
  entrance: 'tap',
  awaitBoot: ({ qemu, limits, onStage, emulated }) =>
    awaitDiskStages(qemu.console, qemu.loss, limits, onStage, emulated),
  loginStage: 'boot.system',
  awaitRest: () => Promise.resolve(),
  moveIn: async ({ commands }, { balancers }) => {
    const late = await awaitSystem(commands)
    const { writers, notes } = await settleBalancers(commands, balancers)
    return { managementInterface: MANAGEMENT_INTERFACE, writers, notes: [...late, ...notes] }
  },
}
