/** `irqlab bisect`: which commit broke it? Drives git bisect with kernels that are built and asked here; goes on after any end. */
import { randomInt } from 'node:crypto'
import { readFileSync, rmdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Interrupted, messageOf, UsageError } from '../base/errors.ts'
import { BisectResults } from '../campaign/bisect/bisect-results.ts'
import { bisect, type Found } from '../campaign/bisect/bisect.ts'
import { sharedClone } from '../campaign/bisect/clone.ts'
import { type History, readHistory } from '../campaign/bisect/history.ts'
import { addToJournal, type JournalEntry, readJournal } from '../campaign/bisect/journal.ts'
import { type BisectionState, openBisection } from '../campaign/bisect/state.ts'
import { type PlannedScenario, SEEDS } from '../campaign/plan.ts'
import { type Machine, machineOf } from '../guest/machine.ts'
import { ensurePackages } from '../host/packages.ts'
import { openCache } from '../image/cache.ts'
import { checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import { type BisectFacts, bisectJson, foundLines, stepLine } from '../report/bisection.ts'
import { paletteFor } from '../report/colour.ts'
import { Progress } from '../report/progress.ts'
import type { BisectOptions } from './bisect-options.ts'
import { asActivity, sayInterrupted } from './campaign-in-hand.ts'
import { interruptible } from './interruptible.ts'
import { judgeKernel } from './judge-kernel.ts'
import type { KernelBuilder } from './kernel-builder.ts'
import { prepareGuest, prepareHost } from './preparation.ts'
import type { Terminal } from './program.ts'
import { scenariosNamed } from './scenario-files.ts'

const GIT = { name: 'git', proof: ['git'], why: 'knows the history of your tree' }

/** 64: an end that is not what it was said to be is an argument that was disproved, though it took runs to do it. */
const EXIT_CODES: Readonly<Record<Found['kind'], number>> = { found: 0, range: 2, refuted: 64, unjudged: 2 }

/** What is asked. */
interface Asked {
  readonly history: History
  readonly scenario: PlannedScenario
  readonly machine: Machine
  /** Absolute. */
  readonly results: string
}

/** Runs the command. Throws `UsageError` before anything is built, `Trouble` for what no commit is to blame for. */
export async function bisectCommand(
  options: BisectOptions,
  terminal: Terminal,
  builder: KernelBuilder,
  named: typeof scenariosNamed = scenariosNamed,
): Promise<number> {
  const progress = new Progress(process.stderr)
  try {
    const asked = await interruptible(terminal.signal, checked(options, progress, named))
    builder.check(`tree:${asked.history.tree},commit=${asked.history.bad.sha}`, [])
    return await search({ asked, options, terminal, builder, progress })
  } finally {
    progress.end()
  }
}

async function checked(
  options: BisectOptions,
  progress: Progress,
  named: typeof scenariosNamed,
): Promise<Asked> {
  const [scenario] = await named([options.scenario])
  const [machine = scenario?.scenario.machine, ...more] = options.machine.map((name) => machineOf(name))
  if (scenario === undefined || machine === undefined)
    throw new UsageError('give the scenario: --scenario NAME')
  if (more.length > 0) throw new UsageError('--machine: a bisection asks on one machine')
  const results = resolve(options.results ?? DEFAULT_RESULTS)
  checkResults(results)
  await ensurePackages((line) => progress.line(line), [GIT])
  const history = await readHistory(options.tree, options.good, options.bad)
  return { history, scenario, machine, results }
}

interface InHand {
  readonly asked: Asked
  readonly options: BisectOptions
  readonly terminal: Terminal
  readonly builder: KernelBuilder
  readonly progress: Progress
}

async function search(hand: InHand): Promise<number> {
  const { asked, options, progress } = hand
  const { history, scenario, machine, results } = asked
  const begin = {
    seed: options.seed ?? randomInt(SEEDS),
    results: join(results, `${utc()}-bisect-${scenario.scenario.name}`),
    fresh: options.fresh ?? false,
  }
  const state = await openBisection(openCache(), scenario.scenario.name, wordsOf(hand), begin)
  const steps: JournalEntry[] = [...readJournal(state.journal)]
  const facts = (): BisectFacts => ({
    history,
    scenario: scenario.scenario.name,
    machine: machine.name,
    seed: state.seed,
    results: state.results,
    steps,
  })
  const out = options.json === true ? process.stderr : process.stdout
  try {
    const found = await run(hand, state, steps, out)
    progress.end()
    if (found.kind === 'found' || found.kind === 'range') {
      new BisectResults(state.results).keepAnswer(bisectJson({ ...facts(), found }))
    }
    const lines = foundLines(found, state)
    if (found.kind === 'refuted' || found.kind === 'unjudged')
      process.stderr.write(`irqlab: ${lines.join('\n')}\n`)
    else out.write(`${lines.join('\n')}\n`)
    if (options.json === true) process.stdout.write(bisectJson({ ...facts(), found }))
    return EXIT_CODES[found.kind]
  } catch (error) {
    if (options.json === true) process.stdout.write(bisectJson({ ...facts(), endedBy: messageOf(error) }))
    const kept = `${steps.length} kernels are judged; the same command goes on from there`
    if (error instanceof Interrupted) sayInterrupted(progress, error, kept)
    else progress.line(`irqlab: ${kept}`)
    throw error
  } finally {
    leaveNoEmpty(state.results)
    await state.release()
  }
}

/** Of a bisection that was ended before anything was kept no directory stays. */
function leaveNoEmpty(dir: string): void {
  try {
    rmdirSync(dir)
  } catch {
    return // There is something in it, or it was never made.
  }
}

async function run(
  hand: InHand,
  state: BisectionState,
  steps: JournalEntry[],
  out: NodeJS.WriteStream,
): Promise<Found> {
  const { asked, options, terminal, builder, progress } = hand
  const { history, scenario } = asked
  const palette = paletteFor(out)
  const results = new BisectResults(state.results)
  const before = steps.length === 0 ? '' : `, of which ${steps.length} kernels are judged already`
  progress.line(
    `${state.resumed ? 'going on with' : 'beginning'} a bisection of ${history.commits} commits${before}; results in ${state.results}`,
  )
  for (const entry of steps) out.write(`${stepLine(entry, palette)}\n`)
  const host = await interruptible(
    terminal.signal,
    asActivity(progress, 'setting up', (telling) =>
      prepareHost(options.accel, telling, () => prepareGuest(telling.report)),
    ),
  )
  const clone = await interruptible(
    terminal.signal,
    asActivity(progress, 'cloning, objects shared', () => sharedClone(state.dir, history.tree)),
  )
  const court = {
    builder,
    host,
    scenario,
    terminal,
    progress,
    options,
    tree: history.tree,
    machines: [asked.machine],
    seed: state.seed,
    results: resolve(state.results, '..'),
    dir: state.results,
  }
  const shown = paletteFor({ isTTY: false })
  return bisect({
    clone,
    ends: { good: history.good.sha, bad: history.bad.sha },
    bootFailure: options.bootFailure,
    runs: options.runs,
    journal: [...steps],
    ask: (asking) => judgeKernel(court, asking),
    onEntry: (entry) => {
      addToJournal(state.journal, entry)
      steps.push(entry)
      results.keepSteps(steps.map((step) => stepLine(step, shown)))
      out.write(`${stepLine(entry, palette)}\n`)
    },
    onNote: (words) => progress.line(words),
    onLog: (log) => results.keepLog(log),
  })
}

/** All that decides what a kernel is found to be: another of these, and it is another bisection. */
function wordsOf({ asked, options }: InHand): Readonly<Record<string, string>> {
  const { history, scenario, machine } = asked
  return {
    tree: history.tree,
    good: history.good.sha,
    bad: history.bad.sha,
    scenario: scenario.scenario.name,
    'scenario file': readFileSync(scenario.file, 'utf8'),
    machine: JSON.stringify(machine),
    append: options.append,
    'qemu args': options.qemuArg.join('\n'),
    seed: options.seed === undefined ? '' : String(options.seed),
  }
}

function utc(): string {
  return new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
}
