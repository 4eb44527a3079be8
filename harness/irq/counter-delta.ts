/** How many interrupts fell between two readings of one irq's counters, and on which CPUs? */
import { Trouble } from '../base/errors.ts'
import type { CpuMask } from './cpu-mask.ts'
import { describeIrq, isSameIrq, type Irq } from './irq.ts'
import { countLimit } from './per-cpu-count.ts'

/** The counters of one irq at one instant. */
export interface CounterReading {
  readonly irq: Irq
  /** /proc/sys/kernel/random/boot_id of the guest: counters of two boots have nothing in common. */
  readonly bootId: string
  readonly onlineCpus: CpuMask
  /** One count for each possible CPU, by its number. */
  readonly counts: readonly number[]
  /** The guest's CLOCK_MONOTONIC at the reading, in nanoseconds, where it was taken. */
  readonly monotonicNs?: number
}

/** What two readings tell about the time between them. */
export interface CounterDelta {
  /** Interrupts on each possible CPU, by its number. */
  readonly perCpu: readonly number[]
  readonly total: number
  /** Nanoseconds between the readings; undefined unless both were timed. */
  readonly elapsedNs: number | undefined
}

/** A step this large is no count of interrupts: the counter went backwards. */
const stepLimit = countLimit / 2

/**
 * Subtracts the earlier reading from the later one. Counters wrap at 2^32, and a wrap counts right. Throws `Trouble`
 * where the difference would mean nothing: another irq (number, action or chip differ: re-plugged), another boot, a
 * changed set of online CPUs or number of possible ones, a clock or a counter that went backwards.
 */
export function counterDelta(before: CounterReading, after: CounterReading): CounterDelta {
  const refuse = (what: string): Trouble =>
    new Trouble('evidence.counters', `Two readings of ${describeIrq(before.irq)} cannot be compared: ${what}`)
  if (!isSameIrq(before.irq, after.irq)) throw refuse(`the second is of ${describeIrq(after.irq)}`)
  if (before.bootId !== after.bootId) throw refuse('the guest has booted in between')
  if (!before.onlineCpus.equals(after.onlineCpus)) {
    throw refuse(`CPUs online were ${before.onlineCpus.toList()}, then ${after.onlineCpus.toList()}`)
  }
  if (before.counts.length !== after.counts.length) {
    throw refuse(`they have ${before.counts.length} and ${after.counts.length} CPUs`)
  }
  const elapsedNs = elapsed(before.monotonicNs, after.monotonicNs)
  if (elapsedNs !== undefined && elapsedNs < 0) throw refuse('the second is older than the first')

  const perCpu = before.counts.map((earlier, cpu) => {
    const later = after.counts[cpu] ?? Number.NaN
    if (!isCount(earlier) || !isCount(later)) throw refuse(`CPU ${cpu} has ${earlier}, then ${later}`)
    const step = (later - earlier + countLimit) % countLimit
    if (step >= stepLimit) throw refuse(`the counter of CPU ${cpu} went back from ${earlier} to ${later}`)
    return step
  })
  return { perCpu, total: perCpu.reduce((sum, step) => sum + step, 0), elapsedNs }
}

function elapsed(beforeNs: number | undefined, afterNs: number | undefined): number | undefined {
  return beforeNs === undefined || afterNs === undefined ? undefined : afterNs - beforeNs
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < countLimit
}
