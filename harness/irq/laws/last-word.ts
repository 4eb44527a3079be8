/** A law over free_irq and request_irq: the last accepted write decides, and nothing older comes back. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/**
 * Written while the irq has no handler, the mask is stored at once (kernel/irq/manage.c:irq_set_affinity_deactivated,
 * 5.10 to 7.3). A request that was pending when the handler went away is older, and must not be applied afterwards.
 */
export const lastWord: Law = {
  name: 'last-word',
  wording:
    'a write to an irq without a handler reads back at once, and once the irq has a handler again every interrupt is counted within that mask',
  judge({ move, trace }: LawInput): Finding {
    const { requested } = move.write
    const last = move.batches.at(-1)?.after
    const readBack = move.written.readBack
    const numbers = {
      requested: requested.toList(),
      readBack: readBack.toList(),
      pending: move.written.state === undefined ? 'unread' : String(move.written.state.pending),
      effective: (last ?? move.written).effective.toList(),
    }
    if (last === undefined) return unproven('no probe was sent', numbers)
    const counted = countedBetween(move.written, last)
    const more = { ...numbers, counted: counted.words }
    if (counted.total === 0) return unproven('no interrupt was counted', more)
    const outside = trace.configs.find(({ fields }) => !requested.has(Number(fields['cpu'])))
    const where =
      outside === undefined
        ? ''
        : `; CPU ${outside.cpu} then moved the irq to CPU ${outside.fields['cpu'] ?? '?'}`
    if (!readBack.equals(requested))
      return violated(
        `${requested.toList()} was written and accepted, ${readBack.toList()} reads back${where}`,
        more,
      )
    if (outside !== undefined) return violated(`${requested.toList()} was written${where}`, more)
    if (!last.effective.isSubsetOf(requested))
      return violated(`${requested.toList()} was written, effective became ${last.effective.toList()}`, more)
    if (!last.readBack.equals(requested))
      return violated(`${requested.toList()} was written, later ${last.readBack.toList()} reads back`, more)
    const stray = [...last.counts.keys()].find((cpu) => !requested.has(cpu) && counted.on(cpu) > 0)
    if (stray !== undefined)
      return violated(`interrupts were counted on CPU ${stray}, outside ${requested.toList()}`, more)
    return held(`${requested.toList()} was written and stayed so: interrupts on ${counted.words}`, more)
  },
}
