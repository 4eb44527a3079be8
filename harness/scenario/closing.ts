/**
 * The end of every run: whatever the body asked, each irq under test is fired a few times more, read, and looked at from
 * outside, so that what always holds can be judged (irq/laws/always.ts). Undoing is over by then.
 */
import { grouped } from '../base/grouped.ts'
import { pause } from '../base/poll.ts'
import type { GuestCommands } from '../guest/commands.ts'
import type { InterruptHardware } from '../guest/interrupt-hardware.ts'
import { type IrqWithStimulus, isRxQueue } from '../guest/irq-with-stimulus.ts'
import { TRACEFS } from '../guest/tracefs.ts'
import { actMarker } from '../irq/act-markers.ts'
import type { HardwareEntry, IrqEvidence } from '../irq/irq-evidence.ts'
import { predictMove } from '../irq/irqchip.ts'
import type { KernelRelease } from '../irq/kernel-release.ts'
import type { ProbeBatch } from '../irq/move-evidence.ts'
import type { Reading } from '../irq/reading.ts'
import type { Traffic } from '../traffic/traffic.ts'
import type { Experiment } from './experiment.ts'

/**
 * A request that waits for the end of the move before needs three: one that starts the cleanup of that one's old vector, one
 * that moves, one that starts the cleanup of the vector that is left then.
 */
const ROUNDS = 3
/** On a busy host a timer of one jiffy may come so late that more are needed. */
const ROUNDS_MAX = 8
/** Far more than the jiffies of the cleanup (arch/x86/kernel/apic/vector.c:__vector_schedule_cleanup). */
const APART_MS = 25
/** `given-back` asks for 50 ms after the first interrupt on the new CPU. */
const CLEANUP_MS = 60

/** What closing needs. */
export interface ClosingParts {
  readonly experiment: Experiment
  readonly traffic: Traffic
  readonly commands: GuestCommands
  readonly hardware: Pick<InterruptHardware, 'read'>
  /** What the hardware held before the body, by irq number. */
  readonly began: ReadonlyMap<number, HardwareEntry>
  readonly release: KernelRelease
  /** Every reading of the run so far, in order. */
  readonly taken: () => readonly Reading[]
}

/** Closes a run whose body ended well, and gives all that was seen of each irq. Throws `Trouble`. */
export async function closeRun(
  targets: readonly IrqWithStimulus[],
  parts: ClosingParts,
): Promise<readonly IrqEvidence[]> {
  const { experiment, traffic, hardware } = parts
  const handled = await handledAmong(targets, parts.commands)
  const firing = targets.filter(({ irq, stimulus }) => handled.has(irq.number) && stimulus.kind !== 'none')
  await traffic.startAnew(firing.filter(isRxQueue))
  const batches = new Map<number, ProbeBatch[]>()
  let alive = firing
  let before = await experiment.read(firing)
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const results = await traffic.probe(alive, 1)
    for (const { target, batch } of results) {
      const own = batches.get(target.irq.number) ?? []
      batches.set(target.irq.number, [...own, batch])
    }
    const now = results.map(({ batch }) => batch.after)
    // One that does not fire will not fire for asking again: each time costs the whole limit of a delivery.
    alive = alive.filter(({ irq }) => total(now, irq.number) > total(before, irq.number))
    before = now
    if (round >= ROUNDS && now.every(isMade)) break
    await pause(APART_MS)
  }
  await pause(CLEANUP_MS)
  await experiment.read(targets)
  const ended = await hardware.read()
  const readings = grouped(parts.taken(), ({ irq }) => irq.number)
  return targets.map(({ name, irq, stimulus, flow }) => ({
    queue: name,
    stimulus,
    irq,
    prediction: predictMove(irq.chip, parts.release, flow),
    readings: readings.get(irq.number) ?? [],
    closing: batches.get(irq.number) ?? [],
    hasHandler: handled.has(irq.number),
    hardware: { began: parts.began.get(irq.number), ended: ended.get(irq.number) },
  }))
}

/** Interrupts counted of an irq, as these readings show it. */
function total(readings: readonly Reading[], irq: number): number {
  const counts = readings.find((reading) => reading.irq.number === irq)?.counts ?? []
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Nothing that a further interrupt could still bring about. */
function isMade(reading: Reading): boolean {
  return (
    reading !== undefined && reading.state?.pending !== true && reading.effective.isSubsetOf(reading.readBack)
  )
}

/** Writes into the trace that the body is over, and says which irqs have a handler. */
async function handledAmong(
  targets: readonly IrqWithStimulus[],
  commands: GuestCommands,
): Promise<ReadonlySet<number>> {
  const output = await commands.run(
    [
      `echo '${actMarker('closing', {})}' >${TRACEFS}/trace_marker`,
      ...targets.map(
        ({ irq: { number } }) =>
          `a=; read -r a </sys/kernel/irq/${number}/actions; echo "actions ${number} $a"`,
      ),
    ].join('\n'),
  )
  return new Set([...output.matchAll(/^actions (\d+) \S/gm)].map(([, irq]) => Number(irq)))
}
