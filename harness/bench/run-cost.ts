/** What one `irqlab run deferred-move` takes, cold or warm: boot, verdict, CPU time and memory of its processes. */
import { Trouble } from '../base/errors.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type Bed, timedIrqlab } from './timed-irqlab.ts'

/** How a run gets its guest: `cold` boots it, `warm` starts it from one that was put aside. */
export type Start = 'cold' | 'warm'

/** The costs of one run. */
export interface RunCost {
  /** QEMU's exec to the first SSH answer. */
  readonly readyMs: number
  /** irqlab's process start to the last verdict. */
  readonly verdictMs: number
  /** User and system time of everything but QEMU. */
  readonly harnessCpuMs: number
  readonly qemuCpuMs: number
  /** Peak resident memory of the process that plans and reports, and of the one that runs. */
  readonly irqlabMb: number
  readonly workerMb: number
}

/** What is run. */
export const SCENARIO = 'deferred-move'

/** Runs it once. Throws `Trouble` when it did not pass, or did not start as asked: then its times mean nothing. */
export async function costOfRun(bed: Bed, start: Start): Promise<RunCost> {
  const { records, cpuMs, processes } = await timedIrqlab(bed, wordsFor(start))
  const [record] = checkStarts(records, start)
  const readyMs = record?.timings.spawnToReadyMs
  if (record === undefined || readyMs === undefined)
    throw new Trouble('bench.run', 'the guest never answered')
  const qemuCpuMs = processes.cpuMs('QEMU')
  return {
    readyMs,
    verdictMs: record.timings.totalMs,
    harnessCpuMs: cpuMs - qemuCpuMs,
    qemuCpuMs,
    irqlabMb: processes.peakMb('irqlab'),
    workerMb: processes.peakMb('worker'),
  }
}

/** One run that is not counted: it leaves a guest for the warm ones, unless there is one. Gives its record. */
export async function makeWarm(bed: Bed): Promise<RunRecord | undefined> {
  const { records } = await timedIrqlab(bed, wordsFor('warm'))
  return records[0]
}

/** Gives the records back. Throws `Trouble` unless each passed and started like this. */
export function checkStarts(records: readonly RunRecord[], start: Start): readonly RunRecord[] {
  for (const { scenario, outcome, reason, guest, notes = [] } of records) {
    if (outcome !== 'pass') throw new Trouble('bench.run', `${scenario} did not pass: ${outcome}: ${reason}`)
    if (guest.start !== start) {
      const why = notes.length === 0 ? '' : `: ${notes.join('; ')}`
      throw new Trouble('bench.run', `${scenario} started ${guest.start}, not ${start}${why}`)
    }
  }
  return records
}

function wordsFor(start: Start): readonly string[] {
  return start === 'cold' ? [SCENARIO, '--cold'] : [SCENARIO]
}
