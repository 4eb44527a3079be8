/** `irqlab explain NAME`: what a scenario asks, what a law or a finding means, what a verdict or an outcome says. */
import { UsageError } from '../base/errors.ts'
import { paletteFor } from '../report/colour.ts'
import { explanationLines } from '../report/explanation.ts'
import { closest } from './closest.ts'
import { allExplanations, explanationsOf } from './explanations.ts'

const EXPLAIN_SCHEMA = 'irqlab.explain/1'
/** Where nobody says how wide the terminal is. */
const WIDTH = 80

/** Prints what is known of the name; of everything that bears it. Throws `UsageError` for an unknown one. */
export async function explainCommand(name: string, options: { readonly json?: boolean }): Promise<number> {
  const all = await allExplanations()
  const explanations = explanationsOf(name, all)
  if (explanations.length === 0) {
    const known = [...all.scenarios, ...all.laws, ...all.findings, ...all.answers].map((one) => one.name)
    throw new UsageError(
      `nothing has the name ${JSON.stringify(name)}${closest(name, known)}; see \`irqlab explain --help\``,
    )
  }
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: EXPLAIN_SCHEMA, explanations }, null, 2)}\n`)
    return 0
  }
  const palette = paletteFor(process.stdout)
  const width = process.stdout.isTTY ? process.stdout.columns : WIDTH
  const texts = explanations.map((one) => explanationLines(one, palette, width).join('\n'))
  process.stdout.write(`${texts.join('\n\n')}\n`)
  return 0
}
