/** Builds one kernel and asks it everything, through irqlab's own command line: that is its contract with the world. */
import { Trouble, UsageError } from '../base/errors.ts'
import { irqlabChild, recordsOf } from '../cli/irqlab-child.ts'
import { allScenarios } from '../cli/scenario-files.ts'
import type { RunRecord } from '../record/run-record.ts'
import { peerFile, peerNames } from './peers.ts'

/** The first build of a base compiles all of it, on whatever machine this is. */
const BUILD_LIMIT_MS = 3 * 60 * 60_000
/** Far more than all scenarios need, each with its own limits and one more try. */
const RUN_LIMIT_MS = 60 * 60_000
/** The first is the only one that a child of ours gives for bad usage, the others come with records. */
const EXIT_USAGE = 64

/** What was asked of whom. */
export interface Asking {
  /** As `irqlab kernel build --base` takes it. */
  readonly base: string
  /** Absolute; absent for the kernel as it is. */
  readonly patch?: string
  readonly results: string
  readonly jobs: number | undefined
  readonly signal: AbortSignal
}

/** Builds the kernel, unless the cache has it. Throws `Trouble`, and `UsageError` for a patch that does not apply. */
export async function buildAsked({ base, patch, signal }: Asking): Promise<void> {
  const patches = patch === undefined ? [] : ['--patch', patch]
  const { code, complaint } = await irqlabChild(['kernel', 'build', '--base', base, ...patches], {
    limitMs: BUILD_LIMIT_MS,
    signal,
    stage: 'mutants.build',
  })
  if (code === 0) return
  const words = `${patch ?? base} was not built:\n${complaint}`
  throw code === EXIT_USAGE ? new UsageError(words) : new Trouble('mutants.build', words)
}

/** The records of all scenarios on it, regressions too, one a run: the last attempt. Throws `Trouble` when there are none. */
export async function askAll(asking: Asking): Promise<readonly RunRecord[]> {
  const scenarios = (await allScenarios()).map(({ scenario }) => scenario.name)
  return run([...scenarios, '--retries', '1'], asking)
}

/** The records of those who ask as others do. Throws `Trouble` when there are none. */
export async function askPeers(asking: Asking): Promise<readonly RunRecord[]> {
  return run(peerNames().map(peerFile), asking)
}

async function run(
  words: readonly string[],
  { base, patch, results, jobs, signal }: Asking,
): Promise<readonly RunRecord[]> {
  const kernel = patch === undefined ? base : `${base},patch=${patch}`
  const side = jobs === undefined ? [] : ['--jobs', String(jobs)]
  return recordsOf([...words, '--kernel', kernel, '--results', results, ...side], {
    limitMs: RUN_LIMIT_MS,
    signal,
    stage: 'mutants.run',
  })
}
