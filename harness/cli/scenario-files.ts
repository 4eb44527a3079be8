/** Which scenarios are there? The folder listing is the list; each file exports one. */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import type { PlannedScenario } from '../campaign/plan.ts'
import { loadScenario } from '../campaign/worker.ts'
import { closest } from './closest.ts'

/** The folder of those that bracket a bug of released kernels, and the name of them all on the command line. */
const REGRESSIONS = 'regressions'

const SCENARIOS = resolve(import.meta.dirname, '../../scenarios')

/** All scenarios, sorted by file name, the regressions last. Throws `UsageError` that names the file. */
export async function allScenarios(dir = SCENARIOS): Promise<readonly PlannedScenario[]> {
  const files = [dir, join(dir, REGRESSIONS)].flatMap((folder) =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => join(folder, name)),
  )
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

/**
 * The scenarios with these names, in that order. `regressions` stands for all of that folder. None named: all but the
 * regressions, which ask of two kernels of their own what is long known. Throws `UsageError`.
 */
export async function scenariosNamed(names: readonly string[]): Promise<readonly PlannedScenario[]> {
  const all = await allScenarios()
  if (names.length === 0) return all.filter(({ scenario }) => scenario.bracket === undefined)
  return names.flatMap((name) => {
    const found = all.filter(({ scenario }) =>
      name === REGRESSIONS ? scenario.bracket !== undefined : scenario.name === name,
    )
    if (found.length > 0) return found
    const known = [...all.map(({ scenario }) => scenario.name), REGRESSIONS]
    throw new UsageError(
      `unknown scenario ${JSON.stringify(name)}${closest(name, known)}; see \`irqlab list\``,
    )
  })
}
