/** One run of a reproduction: its scenario's file, the run as any other, the answer, and the folder to send. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { findRun, type RunFound } from '../bundle/run-found.ts'
import type { PlannedScenario } from '../campaign/plan.ts'
import { runCampaign } from '../campaign/run-campaign.ts'
import { readArchive } from '../capture/archive.ts'
import { captureOf } from '../diagnose/capture.ts'
import { diagnose, type Diagnosis } from '../diagnose/diagnose.ts'
import { observe } from '../diagnose/observe.ts'
import type { Observed } from '../diagnose/observed.ts'
import { machineOf, withDevicesOf } from '../guest/machine.ts'
import { type Act, parseActs } from '../irq/act-log.ts'
import type { RunRecord } from '../record/run-record.ts'
import type { Progress } from '../report/progress.ts'
import { type Folder, reproducerFolder, writeFolder } from '../reproduce/folder.ts'
import type { Reproduction } from '../reproduce/reproduction.ts'
import { type Shown, shownIn } from '../reproduce/shown.ts'
import { standInName } from '../reproduce/subject.ts'
import { likenessLines, soughtLines } from '../reproduce/words.ts'
import { askedOf, campaignRequest, inCampaign, planned } from './campaign-in-hand.ts'
import type { Preparation } from './preparation.ts'
import type { Terminal } from './program.ts'
import type { AskedAbout } from './reproduce-ask.ts'
import type { ReproduceOptions } from './reproduce-options.ts'
import { listenerFor } from './run-listener.ts'
import { scenariosNamed } from './scenario-files.ts'

/** All that it takes. */
export interface ReproductionInHand {
  readonly reproduction: Reproduction
  readonly about: AskedAbout | undefined
  readonly seen: Observed
  readonly preparation: Preparation
  /** Absolute. */
  readonly results: string
  /** Absolute; undefined: beside the run, when it showed. */
  readonly output: string | undefined
  readonly seed: number
  readonly options: ReproduceOptions
  readonly terminal: Terminal
  readonly progress: Progress
}

/** What came of it. */
export interface Reproduced {
  readonly shown: Shown
  /** The run's name below the results. */
  readonly run: string
  /** The acts, absolute. */
  readonly scenarioFile: string
  readonly folder: (Omit<Folder, 'files'> & { readonly dir: string }) | undefined
}

const DOOR = resolve(import.meta.dirname, '../index.ts')

/** How a scenario's file in `dir` names the door. */
export function doorFrom(dir: string): string {
  const way = relative(dir, DOOR)
  return way.startsWith('.') ? way : `./${way}`
}

/** Runs it. Throws `Trouble` when there is no record. */
export async function runReproduction(hand: ReproductionInHand): Promise<Reproduced> {
  const { reproduction, about, seen, results, options } = hand
  return inCampaign(
    results,
    `reproduce-${about?.scenario.scenario.name ?? reproduction.symptom}`,
    async (open) => {
      const { dir } = open.dir
      const isCatalogue = about !== undefined && about.suspicion === undefined
      const scenario = isCatalogue
        ? readFileSync(about.scenario.file, 'utf8')
        : reproduction.textFor(doorFrom(dir))
      const scenarioFile = isCatalogue ? about.scenario.file : join(dir, `${reproduction.name}.ts`)
      if (!isCatalogue) writeFileSync(scenarioFile, scenario)
      const told = [...soughtLines(reproduction), '', ...likenessLines(reproduction)]
      writeFileSync(join(dir, 'likeness.txt'), `${told.join('\n')}\n`)
      const [loaded] = await scenariosNamed([isCatalogue ? about.scenario.scenario.name : scenarioFile])
      if (loaded === undefined) throw new Trouble('reproduce', 'the scenario was not written')
      const record = await runOnce(hand, loaded, open)
      const found = findRun(join(results, record.run))
      const names = namesIn(found, reproduction, isCatalogue)
      const shown = shownIn(
        { record, diagnosis: await captureIn(found.dir), acts: actsIn(found.dir) },
        { sought: reproduction.sought, names: isCatalogue ? [] : names, cpu: reproduction.cpu },
      )
      const wanted = hand.output ?? (shown.answer === 'shown' ? join(dir, 'reproducer') : undefined)
      if (wanted === undefined) return { shown, run: record.run, scenarioFile, folder: undefined }
      const folder = reproducerFolder({
        found,
        seen,
        reproduction,
        names,
        shown,
        scenario,
        withImages: options.withoutImages !== true,
        cured: about?.cured,
      })
      writeFolder(wanted, folder)
      const { whyNot, imagesMissing } = folder
      return { shown, run: record.run, scenarioFile, folder: { dir: wanted, whyNot, imagesMissing } }
    },
  )
}

async function runOnce(
  { reproduction, about, preparation, results, seed, options, terminal, progress }: ReproductionInHand,
  loaded: PlannedScenario,
  open: Parameters<Parameters<typeof inCampaign>[2]>[0],
): Promise<RunRecord> {
  const [kernel] = preparation.kernels
  if (kernel === undefined) throw new Trouble('image.kernel', 'no kernel was prepared')
  const isOwn = about === undefined || about.suspicion !== undefined
  const machine = isOwn
    ? loaded.scenario.machine
    : withDevicesOf(machineOf(reproduction.likeness.machine), loaded.scenario.machine)
  const run = { ...loaded, kernel, machine, repeat: 1, seed }
  const { accel, timeoutScale, cold, retries, json } = options
  const request = await campaignRequest({
    ...open,
    runs: [run],
    host: preparation,
    results,
    options: { append: '', qemuArg: [], timeoutScale, ...(cold === undefined ? {} : { cold }) },
    jobs: 1,
    retries,
    terminal,
  })
  const asked = await askedOf({ accel, machine: [], repeat: 1 }, seed, terminal)
  const out = json === true ? process.stderr : process.stdout
  const show = { out, progress, seen: new Map<string, RunRecord>(), runs: [run], jobs: 1, results }
  const [record] = await planned(request, asked, () => runCampaign(request, listenerFor(show)))
  progress.end()
  if (record === undefined) throw new Trouble('reproduce', 'the run left no record')
  return record
}

/** The guest's capture; of several the last. */
async function captureIn(dir: string): Promise<Diagnosis | undefined> {
  let last: string | undefined
  for (let number = 1; existsSync(join(dir, `capture-${number}.tar`)); number++)
    last = join(dir, `capture-${number}.tar`)
  if (last === undefined) return undefined
  const { files, defects } = await readArchive(last)
  return diagnose(observe(captureOf(files, defects)))
}

function actsIn(dir: string): readonly Act[] {
  const file = join(dir, 'acts.jsonl')
  return existsSync(file) ? parseActs(readFileSync(file, 'utf8')) : []
}

/** What of the guest the answer is about: what stands for irqs of the machine, or whatever a scenario of the catalogue broke. */
function namesIn(
  { dir, record }: RunFound,
  { asked, recipe, sought }: Reproduction,
  isCatalogue: boolean,
): readonly string[] {
  // What a recipe brings of its own stands for an irq where nothing of the machine does.
  const own = [...asked.map(({ subject }) => standInName(subject)), ...(recipe.devices ?? [])]
  if (!isCatalogue) return [...new Set(own)]
  const broken = record.verdicts.filter(
    ({ law, state }) => state === 'violated' && sought.violated.includes(law),
  )
  const queues = broken.length > 0 ? broken.map(({ queue }) => queue) : bodyQueues(actsIn(dir))
  return [...new Set(queues)]
}

function bodyQueues(acts: readonly Act[]): readonly string[] {
  const began = acts.findIndex(({ act }) => act === 'body')
  return acts.slice(began + 1).flatMap((act) => (act.act === 'write' ? [act.queue] : []))
}
