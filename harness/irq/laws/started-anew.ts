/** Over unbind and bind, or suspend and resume: the irqs that a driver gets anew know nothing of what was asked of those before them. */
import { actsIn } from '../act-markers.ts'
import { CpuMask } from '../cpu-mask.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { virtnetHints } from '../virtnet-hints.ts'
import type { Law, LawInput } from './law.ts'

/**
 * The first write to an irq after its driver was bound tells what it found. The descriptor is a new one
 * (kernel/irq/irqdesc.c:alloc_desc, freed with the vectors by drivers/virtio/virtio_pci_common.c:vp_del_vqs), often with the
 * old number, and what is pending on it is what virtio-net itself wrote at probe (virtnet_set_affinity, 5.10 to 7.3).
 */
export const startedAnew: Law = {
  name: 'started-anew',
  wording:
    'after its driver was bound again, or has resumed, an irq has one online CPU, the mask that the driver then wrote reads back and is pending (or made, with remapping), and nothing was counted',
  judge({ run, move, trace }: LawInput): Finding {
    const { before, stimulus } = move
    const isBirth = ({ fields }: TraceEvent) => fields['what'] === 'bind' || fields['what'] === 'freeze'
    const bound = actsIn(run.trace, 'acted').findLast(isBirth)
    const bind = actsIn(run.trace, 'act').findLast(isBirth)
    const begin = actsIn(run.trace, 'write').find(({ fields }) => fields['id'] === String(move.id))
    if (bind === undefined || bound === undefined || begin === undefined || begin.index < bound.index)
      return unproven('the driver was not bound before this write')
    if (stimulus.kind !== 'datagram' || typeof stimulus.queueIndex !== 'number')
      return unproven('only virtio-net is known to write at probe')
    const pairs = Number(bind.fields['pairs'])
    const hint = virtnetHints(run.onlineCpus, pairs)[stimulus.queueIndex] ?? CpuMask.of()
    const numbers = {
      hint: hint.toList(),
      readBack: before.readBack.toList(),
      effective: before.effective.toList(),
      pending: before.state === undefined ? 'unread' : String(before.state.pending),
    }
    const irq = String(move.irq.number)
    const earlier = run.trace.events.some(
      ({ name, index, fields }) =>
        name === 'set' && fields['irq'] === irq && index > bound.index && index < begin.index,
    )
    if (earlier) return unproven('somebody else had written since the driver was bound', numbers)
    const written = run.trace.events.some(
      ({ name, index, fields }) =>
        name === 'set' && fields['irq'] === irq && index > bind.index && index < bound.index,
    )
    const total = before.counts.reduce((sum, count) => sum + count, 0)
    if (before.effective.size !== 1 || !before.effective.isSubsetOf(run.onlineCpus))
      return violated(`effective is ${numbers.effective || 'no CPU at all'} after bind`, numbers)
    if (!before.readBack.equals(hint))
      return violated(
        `${numbers.readBack || 'no CPU at all'} reads back after bind, the driver should have written ${numbers.hint}`,
        numbers,
      )
    if (!written) return violated(`${numbers.hint} reads back after bind, and nobody wrote it`, numbers)
    if (total > 0) return violated(`${total} interrupts are counted of an irq that never fired`, numbers)
    if (before.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    const isPending = move.prediction.kind === 'deferred'
    if (before.state.pending !== isPending)
      return violated(
        `${numbers.hint} is ${isPending ? 'not ' : ''}pending after bind, and no interrupt has fired`,
        numbers,
      )
    if (trace.write === undefined) return unproven('the trace does not show the write after bind', numbers)
    return held(
      `after bind ${numbers.hint} reads back, as the driver wrote it; effective was ${numbers.effective}`,
      numbers,
    )
  },
}
