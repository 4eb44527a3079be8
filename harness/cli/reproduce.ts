/** `irqlab reproduce CAPTURE`: a guest like the machine, the acts that lead to its symptom, a run of them, and a folder to send. */
import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Interrupted, UsageError } from '../base/errors.ts'
import { SEEDS } from '../campaign/plan.ts'
import { readCapture } from '../capture/read.ts'
import { parseTarget } from '../capture/target.ts'
import { diagnose } from '../diagnose/diagnose.ts'
import { type FindingName, FINDING_NAMES } from '../diagnose/finding.ts'
import { observe } from '../diagnose/observe.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import { Progress } from '../report/progress.ts'
import { safeText } from '../report/safe-text.ts'
import { type Reproduction, reproductionOf } from '../reproduce/reproduction.ts'
import { exitCodeOfShown } from '../reproduce/shown.ts'
import { likenessLines, shownLines, soughtLines } from '../reproduce/words.ts'
import { asActivity, sayInterrupted } from './campaign-in-hand.ts'
import { closest } from './closest.ts'
import { interruptible } from './interruptible.ts'
import { prepare } from './preparation.ts'
import type { Terminal } from './program.ts'
import { type AskedAbout, askedAbout, type KnownBug, knownBugs } from './reproduce-ask.ts'
import { kernelFor } from './reproduce-kernel.ts'
import type { ReproduceOptions } from './reproduce-options.ts'
import { doorFrom, type Reproduced, runReproduction } from './run-reproduction.ts'

/** Gives 0 when the symptom showed, 1 when it did not, 2 when it cannot be told. Throws `UsageError` and `Trouble`. */
export async function reproduceCommand(
  target: string,
  options: ReproduceOptions,
  terminal: Terminal,
): Promise<number> {
  const parsed = parseTarget(target)
  const finding = findingNamed(options.finding)
  const results = resolve(options.results ?? DEFAULT_RESULTS)
  checkResults(results)
  const output = options.output === undefined ? undefined : resolve(options.output)
  if (output !== undefined && existsSync(output))
    throw new UsageError(
      `--output ${options.output}: there is something already; give another place, or remove it`,
    )
  if (finding !== undefined && options.ask !== undefined)
    throw new UsageError('--finding and --ask do not go together: one is in the capture, the other is not')
  const about = options.ask === undefined ? undefined : await askedAbout(options.ask)
  const progress = new Progress(process.stderr)
  try {
    const taking = { intervalSeconds: options.interval, anonymise: false, sudo: options.sudo === true }
    const capture = await readCapture(parsed, { ...taking, signal: terminal.signal })
    const diagnosis = diagnose(observe(capture))
    const { seen } = diagnosis
    const kernel = await kernelFor(seen, options.kernel, (line) => progress.line(line))
    const wish = { irqs: options.irq, finding, suspicion: about?.suspicion }
    const reproduction = forCatalogue(reproductionOf(diagnosis, wish, kernel), about)
    const bugs = await knownBugs(seen.release, seen.buildText)
    const document = { reproduction, about, bugs, target }
    if (options.json !== true) say([...defectLines(seen.defects), ...linesOf(reproduction, about, bugs), ''])
    if (options.dryRun === true) {
      if (options.json === true) sayJson(jsonOf(document, undefined))
      else
        say([
          'the acts:',
          ...scenarioTextOf(reproduction, about, results)
            .split('\n')
            .map((line) => `  ${line}`),
        ])
      return 0
    }
    const source = parseKernelSource(kernel.kernel)
    const preparation = await interruptible(
      terminal.signal,
      asActivity(progress, 'setting up', (telling) => prepare([source], options.accel, telling)),
    )
    const done = await runReproduction({
      reproduction,
      about,
      seen,
      preparation,
      results,
      output,
      seed: options.seed ?? randomInt(SEEDS),
      options,
      terminal,
      progress,
    })
    if (options.json === true) sayJson(jsonOf(document, done))
    else say(doneLines(done))
    return exitCodeOfShown(done.shown)
  } catch (error) {
    if (error instanceof Interrupted) sayInterrupted(progress, error, 'nothing was told')
    throw error
  } finally {
    progress.end()
  }
}

function findingNamed(name: string | undefined): FindingName | undefined {
  if (name === undefined) return undefined
  const found = FINDING_NAMES.find((one) => one === name)
  if (found !== undefined) return found
  throw new UsageError(
    `--finding ${JSON.stringify(name)}: no finding of diagnose${closest(name, FINDING_NAMES)}; known are ${FINDING_NAMES.join(', ')}`,
  )
}

/** With a scenario of the catalogue that no acts are made for, what is looked for are its laws, on any irq of the guest. */
function forCatalogue(reproduction: Reproduction, about: AskedAbout | undefined): Reproduction {
  if (about === undefined || about.suspicion !== undefined) return reproduction
  return {
    ...reproduction,
    sought: { findings: [], violated: about.laws, held: [] },
    asked: [],
    recipe: { ...reproduction.recipe, madeUp: ['the suspicion: it was named with --ask'] },
  }
}

function linesOf(
  reproduction: Reproduction,
  about: AskedAbout | undefined,
  bugs: readonly KnownBug[],
): readonly string[] {
  const isCatalogue = about !== undefined && about.suspicion === undefined
  return [
    ...(isCatalogue
      ? [
          `asked: ${about.scenario.scenario.name}, a scenario of the catalogue: ${about.scenario.scenario.question}`,
          `  it shows when one of its laws is violated: ${about.laws.join(', ')}`,
        ]
      : soughtLines(reproduction)),
    ...bugLines(bugs.filter(({ scenario }) => scenario !== about?.scenario.scenario.name)),
    '',
    ...likenessLines(reproduction),
  ]
}

function defectLines(defects: readonly string[]): readonly string[] {
  if (defects.length === 0) return []
  const more = defects.length - DEFECTS_MAX
  return [
    'the capture is damaged:',
    ...defects.slice(0, DEFECTS_MAX).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

const DEFECTS_MAX = 4

function bugLines(bugs: readonly KnownBug[]): readonly string[] {
  if (bugs.length === 0) return []
  return [
    '  known of this kernel, and in no capture (--ask NAME):',
    ...bugs.map(({ scenario, reason }) => `    ${scenario}: ${reason}`),
  ]
}

function scenarioTextOf(reproduction: Reproduction, about: AskedAbout | undefined, results: string): string {
  return about !== undefined && about.suspicion === undefined
    ? `those of ${about.scenario.file}`
    : reproduction.textFor(doorFrom(resolve(results, 'campaign')))
}

function doneLines({ shown, run, scenarioFile, folder }: Reproduced): readonly string[] {
  return [
    '',
    ...shownLines(shown),
    `  run       ${run}`,
    `  acts      ${scenarioFile}`,
    ...(folder === undefined
      ? []
      : [
          `  folder    ${folder.dir}`,
          `            ${folder.whyNot === undefined ? 'its replay.sh needs QEMU alone' : `its replay.sh cannot do it: ${folder.whyNot}`}`,
          ...(folder.imagesMissing === undefined ? [] : [`            no images: ${folder.imagesMissing}`]),
        ]),
  ]
}

/** A stranger's capture is told: it must not write on a terminal what it likes. */
function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.map(safeText).join('\n')}\n`)
}

function sayJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}

interface Documented {
  readonly reproduction: Reproduction
  readonly about: AskedAbout | undefined
  readonly bugs: readonly KnownBug[]
  readonly target: string
}

function jsonOf({ reproduction, about, bugs, target }: Documented, done: Reproduced | undefined): unknown {
  const { symptom, sought, findings, others, asked, cpus, likeness, recipe, kernel } = reproduction
  return {
    schema: 'irqlab.reproduction/1',
    capture: target,
    symptom,
    ...(about === undefined ? {} : { asked: about.scenario.scenario.name }),
    sought,
    findings,
    others,
    irqs: asked.map(({ subject, was, mask }) => ({
      irq: subject.theirs.number,
      action: subject.theirs.action,
      standIn: subject.standIn,
      was: was.toList(),
      mask: mask.toList(),
    })),
    kernel,
    machine: likeness.machine,
    likeness: likeness.rows,
    cpus: cpus.ours.map(({ theirs, standsFor }, ours) => ({
      ours,
      theirs: theirs ?? null,
      standsFor: standsFor.toList(),
    })),
    madeUp: recipe.madeUp,
    knownBugs: bugs,
    ...(done === undefined
      ? {}
      : { ...done.shown, run: done.run, scenario: done.scenarioFile, folder: done.folder ?? null }),
  }
}
