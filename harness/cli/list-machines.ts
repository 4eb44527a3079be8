/** `irqlab list --machines`: what a guest can be made of, so that a person can choose. */
import { machineOf } from '../guest/machine.ts'
import { NAMED_MACHINES } from '../guest/named-machines.ts'
import { paletteFor } from '../report/colour.ts'

const MACHINES_SCHEMA = 'irqlab.machines/1'

/** Prints them: with `json` each with all of its fields, else what it is and what it needs. */
export function listMachines({ json = false }: { readonly json?: boolean }): void {
  if (json) {
    const machines = NAMED_MACHINES.map(({ machine, words, needs }) => ({
      name: machine.name,
      words,
      needs,
      machine: machineOf(machine.name),
    }))
    process.stdout.write(`${JSON.stringify({ schema: MACHINES_SCHEMA, machines }, null, 2)}\n`)
    return
  }
  const palette = paletteFor(process.stdout)
  for (const { machine, words, needs } of NAMED_MACHINES) {
    const needing = needs.length === 0 ? '' : `  ${palette.dim(`needs ${needs.join('; ')}`)}\n`
    process.stdout.write(`${palette.bold(machine.name)}\n  ${words}\n${needing}`)
  }
}
