/** Law 5: one request, one move. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'
import { configuredEarly } from './moved-early.ts'

const wording = 'the vector is configured once for an applied request, and never again before the next one'

/** arch/x86/kernel/apic/vector.c:apic_update_irq_cfg emits vector_config for each programming of the vector (5.10 to 7.3). */
export const once: Law = {
  name: 'once',
  wording,
  judge(input: LawInput): Finding {
    const early = configuredEarly(input)
    return early === undefined
      ? judgeOnce(input)
      : unproven(`the irq moved too early: ${early}`, { configs: input.trace.configs.length })
  },
}

/** A remapped write moves by itself: nothing is too early. */
export const onceAtOnce: Law = { name: 'once', wording, judge: judgeOnce }

function judgeOnce({ trace }: LawInput): Finding {
  const configs = trace.configs.length
  const numbers = { configs, interrupts: trace.interrupts.length }
  if (configs === 0) return unproven('there was no move to count', numbers)
  if (trace.interrupts.length === 0) return unproven('no interrupt came', numbers)
  if (configs > 1) return violated(`the vector was configured ${configs} times for one request`, numbers)
  return held(`configured once, over ${trace.interrupts.length} interrupts`, numbers)
}
