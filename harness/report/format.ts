/** What is a report format? It makes a whole report from a campaign, or the pieces of one as its runs end. */
import type { Campaign } from '../record/read-campaign.ts'
import type { ReportedRun } from './reported-run.ts'

/** Where a report goes, as far as its looks depend on it. */
export interface ReportPlace {
  /** It is a terminal that takes colours. */
  readonly isTTY: boolean
  /** Columns of the terminal, where there is one. */
  readonly width?: number | undefined
}

/** No terminal: a file, or a log. */
export const A_FILE: ReportPlace = { isTTY: false }

/** A format whose report is only right as a whole. */
export interface WholeFormat {
  /** The report of what is done so far. */
  readonly whole: (campaign: Campaign, place: ReportPlace) => string
}

/** A format of pieces: the whole is the head, each run in the order of the plan, and the tail. */
export interface StreamFormat {
  readonly head: (campaign: Campaign) => string
  /** One run, done or not; `number` counts what was written, from 1. */
  readonly part: (run: ReportedRun, number: number, campaign: Campaign, place: ReportPlace) => string
  readonly tail: (campaign: Campaign, place: ReportPlace) => string
}

/** Either. */
export type ReportFormat = WholeFormat | StreamFormat
