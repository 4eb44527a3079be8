/** L10: whatever was done to it, the device still works. */
import { deliveriesIn } from '../move-trace.ts'
import { type Finding, unproven } from '../verdict.ts'
import { receipt } from './delivered.ts'
import type { IrqLaw, IrqLawInput } from './law.ts'

/** As `delivered`, for the probes after the end of the body. What the kernel itself complains of ends a run before any law. */
export const alive: IrqLaw = {
  name: 'alive',
  wording:
    'after everything else every probe that is sent is received, in its place, and nothing else with it',
  judge({ irq, run }: IrqLawInput): Finding | undefined {
    if (!irq.hasHandler || irq.stimulus.kind === 'none') return undefined
    if (irq.closing.length === 0) return unproven('no probe was sent after the body')
    return receipt(irq.stimulus, irq.closing, deliveriesIn(run.trace.events, irq.stimulus))
  },
}
