/** Moves for tests: one request on one rx queue, with readings made up. */
import type { RxQueue } from '../guest/irq-with-stimulus.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { type MovePrediction, predictMove } from '../irq/irqchip.ts'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import type { Reading } from '../irq/reading.ts'
import { Move } from './move.ts'

/** An rx queue whose irq has this chip. */
export function queueWith(chip: string, index = 0): RxQueue {
  const name = `input.${index}`
  const irq = { number: 24 + 2 * index, action: `virtio1-${name}`, chip }
  return { name, irq, stimulus: { kind: 'datagram', queueIndex: index } }
}

/** What the irq of a queue showed: `effective` and the counters of CPUs 0 to 3. */
export function readingOf(queue: RxQueue, effective: number, counts: readonly number[]): Reading {
  return {
    irq: queue.irq,
    bootId: 'b007',
    onlineCpus: CpuMask.of(0, 1, 2, 3),
    counts,
    readBack: CpuMask.of(2),
    effective: CpuMask.of(effective),
    state: undefined,
  }
}

/** A request for CPU 2 on an irq that is on CPU 0. */
export function moveOn(queue: RxQueue, id = 1, prediction?: MovePrediction): Move {
  return new Move({
    id,
    target: queue,
    prediction: prediction ?? predictMove(queue.irq.chip, parseKernelRelease('6.1.0-56-cloud-amd64')),
    write: { requested: CpuMask.of(2), form: 'list', error: undefined, pid: 131 },
    before: readingOf(queue, 0, [5, 0, 0, 0]),
    written: readingOf(queue, 0, [5, 0, 0, 0]),
  })
}
