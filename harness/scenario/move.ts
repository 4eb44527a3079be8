/** One request on its way through a scenario: collects evidence until the next request to the same irq. */
import type { Given } from '../irq/given.ts'
import type { MoveEvidence, HoldEvidence, ProbeBatch, WriteEvidence } from '../irq/move-evidence.ts'
import type { MovePrediction } from '../irq/irqchip.ts'
import type { Reading } from '../irq/reading.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'

/** What is known of a move once its request was written. */
export interface MoveStart {
  readonly id: number
  readonly target: IrqWithStimulus
  readonly prediction: MovePrediction
  readonly write: WriteEvidence
  readonly before: Reading
  readonly given?: Given
  readonly written: Reading
}

/** A request and the evidence gathered for it so far. */
export class Move {
  readonly id: number
  /** The irq that was written. */
  readonly target: IrqWithStimulus
  readonly #start: MoveStart
  readonly #batches: ProbeBatch[] = []
  #hold: HoldEvidence | undefined
  #replacedBy: number | undefined

  constructor(start: MoveStart) {
    this.id = start.id
    this.target = start.target
    this.#start = start
  }

  get prediction(): MovePrediction {
    return this.#start.prediction
  }

  /** The latest reading of the irq under this request. */
  get latest(): Reading {
    return this.#batches.at(-1)?.after ?? this.#hold?.ended ?? this.#start.written
  }

  addHold(hold: HoldEvidence): void {
    this.#hold = hold
  }

  addBatch(batch: ProbeBatch): void {
    this.#batches.push(batch)
  }

  /** Another request came before anything fired. */
  replaceBy(id: number): void {
    if (this.#batches.length === 0) this.#replacedBy = id
  }

  get evidence(): MoveEvidence {
    const { id, target, prediction, write, before, given, written } = this.#start
    return {
      id,
      queue: target.name,
      stimulus: target.stimulus,
      irq: target.irq,
      prediction,
      write,
      before,
      ...(given === undefined ? {} : { given }),
      written,
      hold: this.#hold,
      batches: [...this.#batches],
      replacedBy: this.#replacedBy,
    }
  }
}
