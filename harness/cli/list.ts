/** `irqlab list`: which questions can be asked. */
import { mayBeAskedOf } from '../scenario/may-ask-hosts.ts'
import { paletteFor } from '../report/colour.ts'
import { wrap } from '../report/wrap.ts'
import { allScenarios, wordsOf } from './scenario-files.ts'

const LIST_SCHEMA = 'irqlab.list/2'
const INDENT = '  '
/** A question is never broken into narrower lines. */
const WIDTH_MIN = 30

/** Prints the scenarios: a line each for a person, all that is known of them as JSON. */
export async function listCommand(options: { readonly json?: boolean }): Promise<number> {
  const scenarios = (await allScenarios()).map(({ topic, scenario }) => {
    const { name, question, machine, needs, changes, bracket } = scenario
    return {
      name,
      topic,
      question,
      machine: machine.name,
      devices: machine.devices,
      needs,
      changes: changes ?? 'anything',
      asksHosts: mayBeAskedOf(scenario),
      ...(bracket === undefined ? {} : { bracket }),
    }
  })
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: LIST_SCHEMA, scenarios }, null, 2)}\n`)
    return 0
  }
  const palette = paletteFor(process.stdout)
  const column = INDENT.length + Math.max(...scenarios.map(({ name }) => name.length)) + INDENT.length
  let shown: string | undefined
  for (const { name, topic, question } of scenarios) {
    if (topic !== shown)
      process.stdout.write(
        `${shown === undefined ? '' : '\n'}${palette.bold(topic)}: ${palette.dim(wordsOf(topic))}\n`,
      )
    shown = topic
    const { columns } = process.stdout
    const lines = wrap(question, columns === undefined ? undefined : Math.max(WIDTH_MIN, columns - column))
    process.stdout.write(`${`${INDENT}${name}`.padEnd(column)}${lines.join(`\n${' '.repeat(column)}`)}\n`)
  }
  const others = scenarios.filter(({ asksHosts }) => asksHosts).map(({ name }) => name)
  const { columns } = process.stdout
  const words = wrap(`with --host, of machines that are not ours: ${others.join(', ')}`, columns)
  process.stdout.write(`\n${palette.dim(words.join('\n'))}\n`)
  process.stdout.write(`\n${palette.dim('irqlab explain NAME tells more of one')}\n`)
  return 0
}
