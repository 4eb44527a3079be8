/** What the page of a diagnosis hands to its script, irq by irq. */
import type { BehaviourKind } from '../../diagnose/behaviour-kind.ts'
import type { FindingName, Weight } from '../../diagnose/finding.ts'

/** A mask as the kernel prints it, `0-3,8`; `before` is that of the first sample, where it was another. */
export interface MaskData {
  readonly now: string
  readonly before?: string
}

/** Interrupts by CPU, the busiest first; `others` is how many more CPUs counted some. */
export interface CountData {
  readonly total: number
  readonly on: readonly (readonly [cpu: number, count: number])[]
  readonly others?: number
}

/** One finding of an irq; the sentence is left out where hundreds of irqs have the same trouble. */
export interface IrqFindingData {
  readonly name: FindingName
  readonly weight: Weight
  readonly sentence?: string
  readonly evidence?: readonly (readonly [file: string, value: string])[]
}

/** One irq. What is absent was not read. */
export interface IrqData {
  readonly irq: number
  readonly action: string
  readonly chip: string
  readonly device?: string
  readonly kind: BehaviourKind
  /** In `whys` of the page. */
  readonly why: number
  readonly requested?: MaskData
  readonly effective?: MaskData
  readonly hint?: string
  readonly fired?: CountData
  readonly counted?: CountData
  readonly findings?: readonly IrqFindingData[]
}

/** All that the script of the page is given. */
export interface DiagnosisData {
  /** Columns of the lanes: one more than the highest possible CPU. */
  readonly columns: number
  readonly offline: string
  readonly isolated: string
  /** Between the samples; null with only one. */
  readonly seconds: number | null
  readonly whys: readonly string[]
  readonly irqs: readonly IrqData[]
}
