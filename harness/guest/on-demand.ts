/** Programs that few runs need lie packed in the guest (image/guest-programs.ts); here they are unpacked for use. */
import { Trouble } from '../base/errors.ts'
import type { GuestCommands } from './commands.ts'

/** The programs, and where each is once it was unpacked: as `onDemand` in images/micro/recipe.json has them. */
const PROGRAMS = { ethtool: '/sbin/ethtool', irqbalance: '/usr/sbin/irqbalance' } as const

/** A program that has to be unpacked first. */
export type OnDemandProgram = keyof typeof PROGRAMS

/** Unpacks a program where that was not done yet, and gives its path in the guest. Throws `Trouble` when it cannot be. */
export async function unpack(guest: Pick<GuestCommands, 'run'>, program: OnDemandProgram): Promise<string> {
  const path = PROGRAMS[program]
  const archive = `/programs-irqlab/${program}.cpio.gz`
  const output = await guest.run(
    `cd /; [ -x ${path} ] || { zcat ${archive} | cpio -idu; } 2>&1; [ -x ${path} ] && echo unpacked`,
  )
  if (/^unpacked$/m.test(output)) return path
  throw new Trouble('guest.program', `${program} cannot be unpacked in the guest: ${output.trim()}`)
}
