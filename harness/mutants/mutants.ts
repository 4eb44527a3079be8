/** `npm run mutants`: breaks the kernel in many ways, one at a time, and sees which law notices. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { runScript, tell } from '../cli/run-script.ts'
import { checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type Asking, askAll, askPeers, buildAsked } from './asked.ts'
import { allMutants, mutantsNamed, patchOf } from './catalogue.ts'
import { isFinal, isGood, type KnownAnyway, judgeMutant, knownOfClean } from './judgement.ts'
import { askingHash, type Entry, judgementKey, type Ledger, readLedger, writeLedger } from './ledger.ts'
import type { Mutant } from './mutant.ts'
import { MUTANTS_USAGE, type MutantsOptions, mutantsOptions } from './options.ts'
import { peerAnswer } from './peers.ts'
import { mutantsPage, type Row, summary } from './table.ts'

const PAGE = resolve(import.meta.dirname, '../../docs/MUTANTS.md')

await runScript({ name: 'mutants', usage: MUTANTS_USAGE, options: mutantsOptions, main })

async function main(options: MutantsOptions, signal: AbortSignal): Promise<number> {
  const all = allMutants()
  const chosen = mutantsNamed(options.names, all)
  if (options.list) {
    process.stdout.write(chosen.map(({ name, subject }) => `${name}  ${subject}\n`).join(''))
    return 0
  }
  const results = resolve(options.results ?? DEFAULT_RESULTS)
  checkResults(results)
  const file = join(results, 'mutants.json')
  const before = readLedger(file)
  const asking: Asking = { base: options.base, results, jobs: options.jobs, signal }

  const clean = await theCleanKernel(asking)
  const asks = askingHash()
  const keyOf = ({ text }: Mutant) => judgementKey(text, clean.kernel.sha256, asks)
  const known = new Map((before?.mutants ?? []).map((entry) => [entry.name, entry]))
  const isJudged = (mutant: Mutant) => known.get(mutant.name)?.key === keyOf(mutant)
  const due = chosen.filter((mutant) => options.again || !isJudged(mutant))
  if (due.length < chosen.length)
    tell(`${chosen.length - due.length} were judged before, by the same harness on the same kernel`)
  for (const [at, mutant] of due.entries()) {
    tell(`[${at + 1}/${due.length}] ${mutant.name}: ${mutant.subject}`)
    const { entry, final } = await judged(mutant, keyOf(mutant), asking, clean.knownAnyway)
    tell(`    ${wordsOf(entry)} (${entry.seconds} s)`)
    known.set(mutant.name, final ? entry : { ...entry, key: 'to be asked again' })
    writeLedger(file, { kernel: clean.kernel, mutants: inOrder(all, known) })
  }
  return conclude(all, chosen, { kernel: clean.kernel, known, keyOf })
}

async function theCleanKernel(
  asking: Asking,
): Promise<{ readonly kernel: Ledger['kernel']; readonly knownAnyway: KnownAnyway }> {
  tell(`building ${asking.base}`)
  await buildAsked(asking)
  tell('asking the kernel as it is')
  const records = await askAll(asking)
  const knownAnyway = knownOfClean(records)
  const [first] = records
  const alarmed = Object.entries(await answersOfPeers(asking)).find(([, answer]) => answer !== 'let through')
  if (alarmed !== undefined)
    throw new Trouble('mutants.clean', `the kernel without a patch: ${alarmed.join(': ')}`)
  if (knownAnyway === undefined || first === undefined)
    throw new Trouble('mutants.clean', `the kernel without a patch does not pass: ${worstOf(records)}`)
  const { source, release, sha256 = '', packageVersion } = first.kernel
  const version = packageVersion === undefined ? '' : ` (${packageVersion})`
  return { kernel: { source: `${source}${version}`, release, sha256 }, knownAnyway }
}

async function judged(
  mutant: Mutant,
  key: string,
  asking: Asking,
  knownAnyway: KnownAnyway,
): Promise<{ readonly entry: Entry; readonly final: boolean }> {
  const began = performance.now()
  const patched = { ...asking, patch: patchOf(mutant) }
  await buildAsked(patched)
  const judgement = judgeMutant(mutant, await askAll(patched), knownAnyway)
  const { fate, laws, runs } = judgement
  const peers = await answersOfPeers(patched)
  return {
    final: isFinal(judgement),
    entry: {
      name: mutant.name,
      key,
      fate,
      laws: laws.map((law) => ({ ...law, scenarios: [...law.scenarios] })),
      runs: [...runs],
      peers,
      seconds: Math.round((performance.now() - began) / 1000),
      judgedAt: new Date().toISOString(),
    },
  }
}

async function answersOfPeers(asking: Asking): Promise<Entry['peers']> {
  const records = await askPeers(asking)
  return Object.fromEntries(records.map((record) => [record.scenario, peerAnswer(record)]))
}

interface Known {
  readonly kernel: Ledger['kernel']
  readonly known: ReadonlyMap<string, Entry>
  readonly keyOf: (mutant: Mutant) => string
}

/** The page is of all mutants, judged by one harness on one kernel, or is not written. */
function conclude(
  all: readonly Mutant[],
  chosen: readonly Mutant[],
  { kernel, known, keyOf }: Known,
): number {
  const rowsOf = (mutants: readonly Mutant[]): readonly Row[] =>
    mutants.flatMap((mutant) => {
      const entry = known.get(mutant.name)
      return entry === undefined ? [] : [{ mutant, entry }]
    })
  const isWhole = all.every((mutant) => known.get(mutant.name)?.key === keyOf(mutant))
  if (isWhole) writeFileSync(PAGE, mutantsPage(kernel, rowsOf(all)))
  const rows = rowsOf(chosen)
  const bad = rows.filter(({ entry }) => !isGood(entry.fate))
  process.stdout.write(
    `${summary(rows)}\n${bad.map(({ entry }) => `  ${entry.name}: ${wordsOf(entry)}\n`).join('')}`,
  )
  tell(
    isWhole
      ? 'docs/MUTANTS.md is written'
      : 'docs/MUTANTS.md stays as it is: it is written when all mutants are judged',
  )
  return bad.length === 0 ? 0 : 1
}

function wordsOf({ fate, laws, runs }: Entry): string {
  if (laws.length > 0) return `${fate}: ${laws.map(({ law }) => law).join(', ')}`
  const odd = runs.find(({ outcome }) => outcome === 'fail' || outcome === 'broken')
  return odd === undefined ? fate : `${fate}: ${odd.scenario} ${odd.outcome}: ${odd.reason}`
}

function worstOf(records: readonly RunRecord[]): string {
  const odd = records.find(({ outcome }) => outcome !== 'pass' && outcome !== 'skip')
  return odd === undefined ? 'everything was skipped' : `${odd.scenario} ${odd.outcome}: ${odd.reason}`
}

function inOrder(all: readonly Mutant[], known: ReadonlyMap<string, Entry>): Entry[] {
  return all.flatMap(({ name }) => known.get(name) ?? [])
}
