/** `irqlab list`: which questions can be asked. */
import { paletteFor } from '../report/colour.ts'
import { allScenarios, wordsOf } from './scenario-files.ts'

const LIST_SCHEMA = 'irqlab.list/2'

/** Prints the scenarios. */
export async function listCommand(options: { readonly json?: boolean }): Promise<number> {
  const scenarios = (await allScenarios()).map(
    ({ topic, scenario: { name, question, machine, needs, bracket } }) => ({
      name,
      topic,
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
  let shown: string | undefined
  for (const { name, topic, question, machine, devices, needs, bracket } of scenarios) {
    if (topic !== shown) process.stdout.write(`${palette.dim(`${topic}: ${wordsOf(topic)}`)}\n\n`)
    shown = topic
    const on = [machine, ...devices].join(' with ')
    const regression =
      bracket === undefined ? '' : `; a regression: ${bracket.violated} has the bug, ${bracket.held} has not`
    process.stdout.write(
      `${palette.bold(name)}\n  ${question}\n  ${palette.dim(`on ${on}; needs ${needs.join(', ')}${regression}`)}\n`,
    )
  }
  return 0
}
