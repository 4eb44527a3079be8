/** L1: what was asked for last reads back, until somebody asks for something else. */
import { mayBreak } from '../broken-affinity.ts'
import type { CpuMask } from '../cpu-mask.ts'
import { type IrqHistory, isMoving, type PlacedReading, type Request, upheavalIn } from '../irq-history.ts'
import { isAtLeast } from '../kernel-release.ts'
import type { Trace } from '../trace.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { IrqLaw, IrqLawInput } from './law.ts'

/** What must read back, and since where in the trace. */
interface Expected {
  readonly mask: CpuMask
  readonly since: number
  readonly why: string
}

/**
 * kernel/irq/proc.c:show_irq_affinity shows the pending mask while there is one, else the affinity (5.10 to 7.3). A CPU that
 * goes offline may change it, but only where no CPU of the mask is left (kernel/irq/cpuhotplug.c:migrate_one_irq).
 */
export const readsBack: IrqLaw = {
  name: 'reads-back',
  wording:
    'the mask that was asked for last reads back at once, and until somebody asks for another, or a CPU of it goes offline and no other of it is online with a vector left',
  judge({ history, run }: IrqLawInput): Finding {
    const { readings, requests } = history
    const [first] = readings
    if (first === undefined) return unproven('the irq was never read')
    // Up to 7.1 nothing keeps a reader out while the move is made: its pending bit is clear, the new mask not stored yet.
    const isLocked = isAtLeast(run.release, '7.2')
    let floor: Expected = { mask: first.reading.readBack, since: first.from, why: 'read back at first' }
    for (const placed of readings) {
      const asked = requests.filter(({ event, returned }) => returned === 0 && event.index < placed.to)
      const before = asked.findLast(({ end, droppedAt }) => end < placed.from && droppedAt > placed.from)
      const meanwhile = asked.filter(({ end }) => end > placed.from)
      const unseen = asked.find(({ mask }) => mask === undefined)
      if (unseen !== undefined) return unproven('the trace does not show the mask of a request')
      const base = before !== undefined && before.end > floor.since ? expectedOf(before, floor) : floor
      const shown = placed.reading.readBack
      if (shown.equals(base.mask) || meanwhile.some(({ mask }) => mask?.equals(shown))) continue
      const older = [floor.mask, ...asked.map(({ mask }) => mask)]
      if (!isLocked && isMoving(history, placed) && older.some((mask) => mask?.equals(shown))) continue
      if (!mayHaveChanged(run.trace, history, base, placed))
        return violated(
          `${base.mask.toList()} ${base.why}, later ${shown.toList() || 'no CPU at all'} reads back`,
          { expected: base.mask.toList(), readBack: shown.toList() },
        )
      floor = { mask: shown, since: placed.to, why: 'read back when a CPU or the handler had gone' }
    }
    const asked = requests.filter(({ returned }) => returned === 0).length
    return held(`${readings.length} readings after ${asked} requests, each as asked for last`, {
      readings: readings.length,
      requests: asked,
      release: run.release.text,
    })
  },
}

function expectedOf(request: Request, base: Expected): Expected {
  const who = request.id === undefined ? `${request.event.comm}-${request.event.pid}` : 'irqlab'
  return {
    mask: request.mask ?? base.mask,
    since: request.event.index,
    why: `was asked for by ${who}`,
  }
}

/**
 * A CPU went and none of the mask was left that could serve the irq. Or the irq got a new handler: its mask is cut to the CPUs online then, and one
 * that nobody ever asked for is replaced by the default (kernel/irq/manage.c:irq_setup_affinity).
 */
function mayHaveChanged(
  trace: Trace,
  history: IrqHistory,
  { mask, since, why }: Expected,
  { reading, to }: PlacedReading,
): boolean {
  if (mayBreak(trace, history, mask, since, to)) return true
  if (upheavalIn(history, since, to, 'handler') === undefined) return false
  if (!why.startsWith('was asked for')) return true
  const { readBack } = reading
  return !readBack.isEmpty && readBack.isSubsetOf(mask) && upheavalIn(history, -1, to, 'cpu') !== undefined
}
