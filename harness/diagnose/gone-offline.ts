/** Which CPUs went offline since boot, and who was left? From the kernel's log, told backwards from those that are online now. */
import { CpuMask } from '../irq/cpu-mask.ts'
import type { GoneOffline } from './observed.ts'

/** arch/x86/kernel/smpboot.c: native_cpu_die prints it, its successors do (5.10 to 7.3). */
const OFFLINE = /CPU ?(\d{1,3}|[0-7]\d{3}) is now offline/
/** arch/x86/kernel/smpboot.c:announce_cpu, for a CPU that comes after boot. */
const ONLINE = /Booting Node \d+ Processor (\d{1,3}|[0-7]\d{3}) /

/** In the order of the log. Without the CPUs that are online now nothing can be told. */
export function goneOffline(log: readonly string[], online: CpuMask | undefined): readonly GoneOffline[] {
  if (online === undefined) return []
  let left = online
  const gone: GoneOffline[] = []
  for (const line of log.toReversed()) {
    const off = OFFLINE.exec(line)?.[1]
    const on = ONLINE.exec(line)?.[1]
    if (off !== undefined) {
      const cpu = CpuMask.of(Number(off))
      gone.push({ cpu: Number(off), left: left.minus(cpu), line })
      left = left.union(cpu)
    } else if (on !== undefined) left = left.minus(CpuMask.of(Number(on)))
  }
  return gone.toReversed()
}
