/** Two campaigns compared, for a script: versioned, plain data. */
import type { CampaignsCompared } from '../history/compare-campaigns.ts'

/** Changes when a reader of old documents would have to know. */
const COMPARED_SCHEMA = 'irqlab.compare/1'

/** The document. */
export function comparedJson(compared: CampaignsCompared, exitCode: number): string {
  const { a, b, questions, onlyA, onlyB, paired } = compared
  return `${JSON.stringify({ schema: COMPARED_SCHEMA, a, b, exitCode, onlyA, onlyB, paired, questions }, null, 2)}\n`
}
