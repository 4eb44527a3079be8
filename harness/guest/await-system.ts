/** Has everything in the guest started that starts by itself? Somebody may log in long before, and services still come up. */
import type { GuestCommands } from './commands.ts'

/** One unit that waits for what never comes must not hold up everything. */
const PATIENCE_S = 60

/** Waits for systemd, where it is; other inits do not say. Gives a note for the record where it was not to be awaited. */
export async function awaitSystem(guest: Pick<GuestCommands, 'run'>): Promise<readonly string[]> {
  const said = await guest.run(
    `[ ! -d /run/systemd/system ] || timeout ${PATIENCE_S} systemctl is-system-running --wait 2>/dev/null || systemctl is-system-running`,
    'boot.system',
  )
  return /^starting$/m.test(said) ? [`the guest's system was still starting after ${PATIENCE_S} s more`] : []
}
