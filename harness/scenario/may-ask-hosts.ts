/** May a scenario be asked of machines that are not ours? Only what is changed there and can be undone, and only of what is there. */
import { NotApplicable } from '../base/errors.ts'
import type { Scenario } from './scenario.ts'

/** True for a scenario that may be asked of other people's machines. */
export function mayBeAskedOf({ changes, settle: settles, machine }: Scenario): boolean {
  return changes !== undefined && settles && machine.devices.length === 0
}

/** Throws `NotApplicable` for a scenario that may not be asked of other people's machines, whatever they are. */
export function demandUndoable({ name, changes, settle: settles, machine }: Scenario): void {
  if (changes === undefined || !settles)
    throw new NotApplicable(
      'acts that can be undone',
      `${name} does not declare that it changes affinity masks alone: it is for guests of ours`,
    )
  const [device] = machine.devices
  if (device !== undefined)
    throw new NotApplicable(device, `${name} asks ${device}, which only a guest of ours is sure to have`)
}
