/** `irqlab list`: which questions can be asked. */
import { paletteFor } from '../report/colour.ts'
import { allScenarios } from './scenario-files.ts'

const LIST_SCHEMA = 'irqlab.list/1'

/** Prints the scenarios. */
export async function listCommand(options: { readonly json?: boolean }): Promise<number> {
  const scenarios = (await allScenarios()).map(
    ({ scenario: { name, question, machine, needs, bracket } }) => ({
      name,
      question,
      machine: machine.name,
      devices: machine.devices,
      needs,
      ...(bracket === undefined ? {} : { bracket }),
    }),
  )
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: LIST_SCHEMA, scenarios }, null, 2)}\n`)
    return 0
  }
  const palette = paletteFor(process.stdout)
  for (const { name, question, machine, devices, needs, bracket } of scenarios) {
    const on = [machine, ...devices].join(' with ')
    const regression =
      bracket === undefined ? '' : `; a regression: ${bracket.violated} has the bug, ${bracket.held} has not`
    process.stdout.write(
      `${palette.bold(name)}\n  ${question}\n  ${palette.dim(`on ${on}; needs ${needs.join(', ')}${regression}`)}\n`,
    )
  }
  return 0
}
