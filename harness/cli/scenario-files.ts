/** Which scenarios are there? The folder listing is the list; each file exports one. */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import type { PlannedScenario } from '../campaign/plan.ts'
import { loadScenario } from '../campaign/worker.ts'
import { closest } from './closest.ts'

const SCENARIOS = resolve(import.meta.dirname, '../../scenarios')

/** All scenarios, sorted by file name. Throws `UsageError` that names the file. */
export async function allScenarios(dir = SCENARIOS): Promise<readonly PlannedScenario[]> {
  const files = readdirSync(dir)
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(dir, name))
  const all = await Promise.all(files.map(async (file) => ({ file, scenario: await load(file) })))
  const names = all.map(({ scenario }) => scenario.name)
  const twice = all.find(({ scenario }, at) => names.indexOf(scenario.name) !== at)
  if (twice !== undefined) {
    throw new UsageError(
      `${twice.file}: another scenario has the name ${JSON.stringify(twice.scenario.name)}`,
    )
  }
  return all
}

/** Whatever is wrong with a scenario file is its author's to correct, and known before anything is touched. */
async function load(file: string): Promise<PlannedScenario['scenario']> {
  try {
    return await loadScenario(file)
  } catch (error) {
    const message = messageOf(error)
    throw new UsageError(message.startsWith(file) ? message : `${file}: ${message}`)
  }
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
