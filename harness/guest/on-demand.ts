/**
 * Programs that few runs need: in the micro guest they lie packed (image/guest-programs.ts), and are unpacked for use; any
 * other guest has its own, or none.
 */
import { NotApplicable, Trouble } from '../base/errors.ts'
import type { GuestCommands } from './commands.ts'

/** The programs, and where each is once it was unpacked: as `onDemand` in images/micro/recipe.json has them. */
const PROGRAMS = { ethtool: '/sbin/ethtool', irqbalance: '/usr/sbin/irqbalance' } as const

/** A program that has to be unpacked first. */
export type OnDemandProgram = keyof typeof PROGRAMS

/**
 * The path of the program in the guest, unpacked where that was not done yet. Throws `Trouble` when it cannot be, and
 * `NotApplicable` when the guest has it not at all.
 */
export async function unpack(guest: Pick<GuestCommands, 'run'>, program: OnDemandProgram): Promise<string> {
  const path = PROGRAMS[program]
  const archive = `/programs-irqlab/${program}.cpio.gz`
  const output = await guest.run(
    [
      `cd /; if [ -e ${archive} ]; then [ -x ${path} ] || { zcat ${archive} | cpio -idu; } 2>&1; [ -x ${path} ] && echo unpacked`,
      `elif p=$(command -v ${program}); then echo "own $p"; else echo none; fi`,
    ].join('\n'),
  )
  if (/^unpacked$/m.test(output)) return path
  const [, own] = /^own (\S+)$/m.exec(output) ?? []
  if (own !== undefined) return own
  if (/^none$/m.test(output)) throw new NotApplicable(program, `needs ${program}: this guest has none`)
  throw new Trouble('guest.program', `${program} cannot be unpacked in the guest: ${output.trim()}`)
}
