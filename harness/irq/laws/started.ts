/** Before anybody wrote it: where does an irq start, and what is asked of it then? */
import type { CpuMask } from '../cpu-mask.ts'
import type { Given } from '../given.ts'
import { onlineAt } from '../online-cpus.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** Where an irq starts that nobody asked anything for: on the node of its device, where that is allowed. */
function nearest({ start, nodeCpus }: Given, online: CpuMask): CpuMask {
  const near = start.intersect(online).intersect(nodeCpus)
  return near.isEmpty ? start.intersect(online) : near
}

/**
 * An irq starts on the CPUs of default_smp_affinity that are online, of its device's node where they can be (kernel/irq/manage.c:irq_setup_affinity, 5.10 to 7.3). A
 * driver's hint is a write like any other (__irq_apply_affinity_hint, which 5.10 got later): it reads
 * back at once, and without remapping it waits for the first interrupt.
 */
export const started: Law = {
  name: 'started',
  wording:
    "before anybody wrote it, an irq is on one online CPU: of its driver's hint, which reads back, or where that still waits for an interrupt, or there is none, of the CPUs that irqs start on",
  judge({ run, move, trace }: LawInput): Finding {
    const { before, given, irq, prediction } = move
    const first = run.moves.find((other) => other.irq.number === irq.number)
    if (first?.id !== move.id) return unproven(`write ${first?.id ?? '?'} came before this one`)
    if (given === undefined)
      return unproven('the kernel does not show the hint of an irq, or what irqs start on')
    if (prediction.kind === 'unknown') return unproven(prediction.why)
    const online = onlineAt(run, trace.write?.index ?? Infinity)
    const start = nearest(given, online)
    const fired = before.counts.reduce((sum, count) => sum + count, 0)
    const numbers = {
      hint: given.hint.toList() || 'none',
      start: start.toList(),
      node: given.node,
      readBack: before.readBack.toList(),
      effective: before.effective.toList(),
      fired,
    }
    const { effective, readBack } = before
    const where = effective.toList() || 'no CPU at all'
    if (effective.size !== 1) return violated(`effective is ${where}, not one CPU`, numbers)
    if (!effective.isSubsetOf(online)) return violated(`effective is ${where}, which is not online`, numbers)
    const asked = given.hint.isEmpty ? start : given.hint
    if (!readBack.equals(asked))
      return violated(
        `${numbers.readBack || 'no CPU at all'} reads back, ${given.hint.isEmpty ? 'irqs start on' : 'its driver asked for'} ${asked.toList()}`,
        numbers,
      )
    const waits = !given.hint.isEmpty && prediction.kind === 'deferred' && fired === 0
    const allowed = waits ? start : asked
    if (!effective.isSubsetOf(allowed))
      return violated(`effective is ${where}, outside of ${allowed.toList()}`, numbers)
    return held(
      waits
        ? `on CPU ${where} of ${start.toList()}; the hint ${numbers.hint} waits for the first interrupt`
        : `on CPU ${where} of ${asked.toList()}`,
      numbers,
    )
  },
}
