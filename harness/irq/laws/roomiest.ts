/** A request for several CPUs: which of them gets the irq? */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { vectorsLeft } from '../vector-room.ts'
import type { Law, LawInput } from './law.ts'

/**
 * kernel/irq/matrix.c:matrix_find_best_cpu (5.10 to 7.3) keeps the online CPU of the mask with most vectors available: a0c9259dc4e1
 * promises to spread irqs that way, and drivers were freed of doing it themselves by that word. Of equals it happens to keep the
 * first, which nobody has promised. One CPU alone is ever chosen.
 */
export const roomiest: Law = {
  name: 'roomiest',
  wording: 'of several CPUs the irq goes to one, and no other CPU of the mask has more vectors left',
  judge({ run, move, trace }: LawInput): Finding {
    const [config] = trace.configs
    const among = move.write.requested.intersect(run.onlineCpus)
    if (among.size < 2) return unproven(`${move.write.requested.toList()} is no choice`)
    if (config === undefined) return unproven('the irq did not move')
    const chosen = config.fields['cpu']
    const alloc = trace.matrixAllocs.findLast(
      ({ index, fields }) => index < config.index && fields['bit'] === config.fields['vector'],
    )
    if (alloc === undefined) return unproven('the trace does not show how the vector was taken')
    const left = among.cpus.map((cpu) => ({ cpu, left: vectorsLeft(run.trace, cpu, alloc.index) }))
    const numbers = {
      requested: move.write.requested.toList(),
      chosen: chosen ?? 'unseen',
      left: left.map((one) => `CPU ${one.cpu}: ${one.left ?? 'unknown'}`).join(', '),
    }
    const silent = left.find((one) => one.left === undefined)
    if (silent !== undefined)
      return unproven(`the trace does not tell how many vectors CPU ${silent.cpu} had left`, numbers)
    const most = Math.max(...left.map((one) => one.left ?? 0))
    if (!left.some((one) => chosen === String(one.cpu) && one.left === most))
      return violated(`CPU ${chosen ?? 'unseen'} was chosen, vectors left were ${numbers.left}`, numbers)
    const last = move.batches.at(-1)?.after
    if (last !== undefined && last.effective.toList() !== chosen)
      return violated(`CPU ${chosen} was chosen, effective is ${last.effective.toList()}`, numbers)
    return held(`CPU ${chosen} was chosen, vectors left were ${numbers.left}`, numbers)
  },
}
