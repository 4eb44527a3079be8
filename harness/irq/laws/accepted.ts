/** Law 1: the kernel takes the request and shows it at once. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** kernel/irq/proc.c:write_irq_affinity, irq_affinity_list_proc_show (5.10 to 7.3). */
export const accepted: Law = {
  name: 'accepted',
  wording:
    'the write succeeds, reaches the irq core in process context, and reads back as asked for, at once',
  judge({ move, trace }: LawInput): Finding {
    const { requested, error } = move.write
    const { readBack } = move.written
    const numbers = {
      requested: requested.toList(),
      readBack: readBack.toList(),
      returned: trace.returned ?? 'unseen',
    }
    if (error !== undefined) return violated(`writing ${requested} was refused: ${error}`, numbers)
    if (!readBack.equals(requested))
      return violated(`${requested} was written, ${readBack} reads back`, numbers)
    if (trace.write === undefined) {
      return violated(
        `${requested} was written and reads back, but the irq core never saw the request`,
        numbers,
      )
    }
    if (trace.write.hardirq === true) return violated('the request ran in hard interrupt context', numbers)
    if (trace.returned !== 0)
      return violated(`irq_set_affinity_locked returned ${trace.returned ?? 'nothing'}`, numbers)
    const mask = trace.write.fields['mask']
    // The kprobe fetches the first 64 CPUs of the mask.
    const seen = mask === undefined ? undefined : BigInt(mask)
    const asked = requested.cpus
      .filter((cpu) => cpu < 64)
      .reduce((bits, cpu) => bits | (1n << BigInt(cpu)), 0n)
    if (seen === undefined) return unproven('the trace does not show the mask of the request', numbers)
    if (seen !== asked)
      return violated(`${requested} was written, the irq core was asked for ${mask}`, numbers)
    return held(`${requested} was written and reads back at once`, numbers)
  },
}
