/** Law 7: no interrupt is lost by moving: every probe reaches the guest's network stack. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** napi_gro_receive traces every packet with its queue (net/core/dev.c in 5.10, net/core/gro.c in 6.1 to 7.3). */
export const delivered: Law = {
  name: 'delivered',
  wording: 'every probe that was sent is received, on its queue',
  judge({ move, trace }: LawInput): Finding {
    const sent = move.batches.flatMap((batch) => batch.sent)
    const taken = move.batches.reduce((sum, batch) => sum + batch.taken, 0)
    const seen = new Set(trace.deliveries.map((event) => Number(event.fields['len'])))
    const missing = sent.filter(({ length }) => !seen.has(length))
    const numbers = { sent: sent.length, taken, received: sent.length - missing.length }
    if (sent.length === 0) return unproven('no probe was sent', numbers)
    if (missing.length === 0) return held(`${sent.length} probes sent, all received`, numbers)
    // What QEMU never took from the tap was lost on our side.
    if (taken < sent.length)
      return unproven(`QEMU took ${taken} of ${sent.length} probes from the tap`, numbers)
    return violated(`${missing.length} of ${sent.length} probes were never received`, numbers)
  },
}
