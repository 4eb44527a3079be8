/** Which scenarios are there? The folder listing is the list; each file exports one. */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import type { PlannedScenario } from '../campaign/plan.ts'
import { loadScenario } from '../campaign/worker.ts'
import { closest } from './closest.ts'

/** The folders of scenarios, in the order of an irq's life: what each asks about. */
const TOPICS = {
  'write-path': 'the write itself: what is accepted, and what is read back',
  pending: 'a request that waits',
  moving: 'the move, and the interrupts before and after it',
  cleanup: 'the vector that was left',
  hotplug: 'CPUs that go and come',
  driver: 'what a driver does to its irqs',
  input: 'bad input, and irqs that nobody may move',
  storms: 'many interrupts, many moves',
  regressions: 'bugs of released kernels, each on the two that bracket it',
} as const

/** What a folder asks about; its name stands for all of its scenarios on the command line. */
export type Topic = keyof typeof TOPICS

/** The folder of those that bracket a bug of released kernels. */
const REGRESSIONS: Topic = 'regressions'

const SCENARIOS = resolve(import.meta.dirname, '../../scenarios')

/** A scenario and where it was found. */
export interface ListedScenario extends PlannedScenario {
  readonly topic: Topic
}

/** A topic in a few words. */
export function wordsOf(topic: Topic): string {
  return TOPICS[topic]
}

/** Every topic with its few words, in order. */
export function topicWords(): ReadonlyMap<string, string> {
  return new Map(Object.entries(TOPICS))
}

/** All scenarios: by topic, and by name within one. Throws `UsageError` that names the file, or a folder that is no topic. */
export async function allScenarios(dir = SCENARIOS): Promise<readonly ListedScenario[]> {
  const topics = Object.keys(TOPICS) as readonly Topic[]
  const stray = readdirSync(dir).find(
    (name) => !(topics as readonly string[]).includes(name) && name !== 'README.md',
  )
  if (stray !== undefined)
    throw new UsageError(`${join(dir, stray)}: a scenario is in a folder of its topic: ${topics.join(', ')}`)
  const all = await Promise.all(
    topics.flatMap((topic) =>
      filesIn(join(dir, topic)).map(async (file) => ({ topic, file, scenario: await load(file) })),
    ),
  )
  const names = all.map(({ scenario }) => scenario.name)
  const twice = all.find(({ scenario }, at) => names.indexOf(scenario.name) !== at)
  if (twice !== undefined) {
    throw new UsageError(
      `${twice.file}: another scenario has the name ${JSON.stringify(twice.scenario.name)}`,
    )
  }
  return all
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  // By their names, not by those of their files: a dot comes after a dash.
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  return names
    .map((name) => name.slice(0, -'.ts'.length))
    .sort()
    .map((name) => join(folder, `${name}.ts`))
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
 * The scenarios with these names, in that order; the name of a topic stands for all of its own, one that ends with `.ts` for
 * a file of the user's. None named: all but the regressions, which ask of two kernels of their own what is long known.
 * Throws `UsageError`.
 */
export async function scenariosNamed(names: readonly string[]): Promise<readonly PlannedScenario[]> {
  const all = await allScenarios()
  if (names.length === 0) return all.filter(({ topic }) => topic !== REGRESSIONS)
  const named: PlannedScenario[] = []
  for (const name of names) named.push(...(isFile(name) ? [await ownFile(name)] : inCatalogue(name, all)))
  return named
}

/** A scenario of the catalogue has no such name. */
function isFile(name: string): boolean {
  return name.endsWith('.ts')
}

async function ownFile(name: string): Promise<PlannedScenario> {
  const file = resolve(name)
  if (!existsSync(file)) throw new UsageError(`scenario ${JSON.stringify(name)}: no such file`)
  return { file, scenario: await load(file) }
}

function inCatalogue(name: string, all: readonly ListedScenario[]): readonly PlannedScenario[] {
  const found = all.filter(({ topic, scenario }) => topic === name || scenario.name === name)
  if (found.length > 0) return found
  const known = all.flatMap(({ topic, scenario }) => [scenario.name, topic])
  throw new UsageError(`unknown scenario ${JSON.stringify(name)}${closest(name, known)}; see \`irqlab list\``)
}
