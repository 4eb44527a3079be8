/** An act on the guest that has marks in the trace on both sides, and whose failure is told. */
import { Trouble } from '../base/errors.ts'
import { actMarker } from '../irq/act-markers.ts'
import type { GuestCommands } from './commands.ts'
import { TRACEFS } from './tracefs.ts'

/** What is done, in one word, as the marks have it: `act what=ifdown` before it and `acted what=ifdown status=0` after it. */
export type ActName =
  'ifdown' | 'ifup' | 'channels' | 'unbind' | 'bind' | 'threaded' | 'irqbalance' | 'freeze'

/**
 * Runs shell text between the two marks; it says how it went by the status of its last command. Gives what it printed.
 * Throws `Trouble` with what it printed when that status is not 0.
 */
export async function act(
  guest: Pick<GuestCommands, 'run'>,
  what: ActName,
  script: string,
  fields: Readonly<Record<string, string | number>> = {},
): Promise<string> {
  const output = await guest.run(
    [
      `echo '${actMarker('act', { what, ...fields })}' >${TRACEFS}/trace_marker`,
      `{ ${script}\n} 2>&1; s=$?`,
      `echo "${actMarker('acted', { what })} status=$s" >${TRACEFS}/trace_marker`,
      'echo "acted status=$s"',
    ].join('\n'),
  )
  const [whole = '', status] = /^acted status=(\d+)$/m.exec(output) ?? []
  const said = output.replace(whole, '').trim()
  if (status === '0') return said
  throw new Trouble('guest.act', `${what} failed in the guest: ${said || 'it gave no reason'}`)
}
