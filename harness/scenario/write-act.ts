/** How is an act on an irq noted, so that it can be done again? The words of irq/act-log.ts. */
import type { AffinityRequest } from '../guest/affinity.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'
import type { Act } from '../irq/act-log.ts'

/** What an act is done to: by the name of what the irq serves. */
export function targetOf({ name, stimulus }: Pick<IrqWithStimulus, 'name' | 'stimulus'>) {
  return { queue: name, fires: stimulus.kind }
}

/** A request; `inARow`: in the same command as the one before. */
export function writeAct(
  target: Pick<IrqWithStimulus, 'name' | 'stimulus'>,
  { id, irq, mask, form, expect }: AffinityRequest,
  inARow = false,
): Act {
  return {
    act: 'write',
    id,
    irq: irq.number,
    ...targetOf(target),
    file: form === 'list' ? 'smp_affinity_list' : 'smp_affinity',
    text: form === 'list' ? mask.toList() : mask.toHex(),
    requested: mask.toList(),
    expect,
    ...(inARow ? { inARow } : {}),
  }
}
