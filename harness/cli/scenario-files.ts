/** Which scenarios are there? The folder listing is the list; each file exports one. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import type { PlannedScenario } from '../campaign/plan.ts'
import { loadScenario } from '../campaign/worker.ts'
import { closest } from './closest.ts'

const SCENARIOS = resolve(import.meta.dirname, '../../scenarios')

/** All scenarios, in the order in which a person should meet them: the main question first, then by name. */
export async function allScenarios(dir = SCENARIOS): Promise<readonly PlannedScenario[]> {
  const files = readdirSync(dir)
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(dir, name))
  return Promise.all(files.map(async (file) => ({ file, scenario: await loadScenario(file) })))
}

/** The scenarios with these names, in that order; all of them when none is named. Throws `UsageError`. */
export async function scenariosNamed(names: readonly string[]): Promise<readonly PlannedScenario[]> {
  const all = await allScenarios()
  if (names.length === 0) return all
  return names.map((name) => {
    const found = all.find(({ scenario }) => scenario.name === name)
    if (found !== undefined) return found
    const known = all.map(({ scenario }) => scenario.name)
    throw new UsageError(
      `unknown scenario ${JSON.stringify(name)}${closest(name, known)}; see \`irqlab list\``,
    )
  })
}
