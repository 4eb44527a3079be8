/** The micro guest: its init says on the console how far it is, and has made everything as we expect it. */
import { MANAGEMENT_INTERFACE } from './addresses.ts'
import type { Flavour } from './flavour.ts'
import { awaitConsoleStages, awaitTestNic } from './readiness.ts'

/** The adapter. */
export const microFlavour: Flavour = {
  entrance: 'tap',
  awaitBoot: ({ qemu, limits, onStage, emulated }) =>
    awaitConsoleStages(qemu.console, qemu.loss, limits, onStage, emulated),
  loginStage: 'boot.ssh',
  awaitRest: ({ qemu, limits, onStage, emulated }) =>
    awaitTestNic(qemu.console, qemu.loss, limits, onStage, emulated),
  moveIn: () => Promise.resolve({ managementInterface: MANAGEMENT_INTERFACE, writers: [], notes: [] }),
}
