/** What does a diagnosis say of one irq? */
import type { Diagnosis } from './diagnose.ts'

/** That irq with its findings and those about the machine; undefined when there is no such irq. */
export function aboutIrq({ seen, irqs, findings }: Diagnosis, number: number): Diagnosis | undefined {
  const found = irqs.filter((irq) => irq.number === number)
  if (found.length === 0) return undefined
  return {
    seen,
    irqs: found,
    findings: findings.filter(({ irq }) => irq === undefined || irq === number),
  }
}
