/** Law 1: the kernel takes the request and shows it at once. */
import type { CpuMask } from '../cpu-mask.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** kernel/irq/proc.c:write_irq_affinity, irq_affinity_list_proc_show (5.10 to 7.3). */
export const accepted: Law = {
  name: 'accepted',
  wording:
    'the write succeeds, reaches the irq core in process context, and reads back as asked for, at once',
  ofRefusals: true,
  judge({ move, trace }: LawInput): Finding {
    const { error } = move.write
    const requested = move.write.requested.toList()
    const readBack = move.written.readBack.toList()
    const numbers = { requested, readBack, returned: trace.returned ?? 'unseen' }
    const { write, returned } = trace
    if (error !== undefined) return violated(`writing ${requested} was refused: ${error}`, numbers)
    if (readBack !== requested) return violated(`${requested} was written, ${readBack} reads back`, numbers)
    if (write === undefined) {
      return violated(
        `${requested} was written and reads back, but the irq core never saw the request`,
        numbers,
      )
    }
    if (write.hardirq === true || write.softirq === true)
      return violated('the request did not run in process context', numbers)
    if (returned !== undefined && returned !== 0)
      return violated(`irq_set_affinity_locked returned ${returned}`, numbers)
    const mask = write.fields['mask'] ?? ''
    // A fetch that failed is shown as (fault).
    const seen = /^0x[0-9a-f]+$/.test(mask) ? BigInt(mask) : undefined
    if (seen !== undefined && seen !== firstWord(move.write.requested))
      return violated(`${requested} was written, the irq core was asked for ${mask}`, numbers)
    if (seen === undefined) return unproven('the trace does not show the mask of the request', numbers)
    if (returned === undefined)
      return unproven('the trace does not show what irq_set_affinity_locked returned', numbers)
    if (write.hardirq === undefined)
      return unproven('the trace does not show the context of the request', numbers)
    return held(`${requested} was written and reads back at once`, numbers)
  },
}

/** The bits of the first 64 CPUs: as many as the kprobe fetches. */
function firstWord(mask: CpuMask): bigint {
  return mask.cpus.filter((cpu) => cpu < 64).reduce((bits, cpu) => bits | (1n << BigInt(cpu)), 0n)
}
