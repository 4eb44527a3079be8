/** `npm run bench`: boot, verdict, CPU time and memory as ratios, all measured in one run, round by round. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Interrupted, Trouble, UsageError } from '../base/errors.ts'
import { Scope } from '../base/scope.ts'
import { readyWorker } from '../campaign/worker-process.ts'
import { type Preparation, prepare } from '../cli/preparation.ts'
import { makeWorkdir } from '../host/workdir.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { benchJson } from './bench-json.ts'
import { summarize } from './figure.ts'
import { figuresOf } from './figures.ts'
import { figuresMarkdown, figuresTable } from './figures-table.ts'
import { BENCH_USAGE, type BenchOptions, benchOptions } from './options.ts'
import { measureRounds } from './rounds.ts'

const SIGNALS = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const

const stop = new AbortController()
for (const [signal] of SIGNALS) process.once(signal, () => stop.abort(new Interrupted(signal)))

try {
  await bench(process.argv.slice(2))
} catch (error) {
  // Not only the code: preparation that failed may have left a worker waiting, and we would wait for it.
  process.exit(explain(error))
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function bench(args: readonly string[]): Promise<void> {
  const options = benchOptions(args)
  if (options.help) return void process.stdout.write(BENCH_USAGE)
  const preparation = await prepare([parseKernelSource(options.kernel)], 'auto', { report: tell, step: tell })
  await endSpareWorker()
  const scope = new Scope()
  try {
    const bed = { node: process.execPath, kernel: options.kernel, dir: await makeWorkdir(scope), scope }
    const samples = await measureRounds({ options, preparation, bed, tell, signal: stop.signal })
    const figures = summarize(figuresOf(samples, options.parts))
    const table = options.markdown ? figuresMarkdown(figures) : figuresTable(figures)
    const lines = [...headOf(preparation, options), '', ...table, ...(samples.notes.length > 0 ? [''] : [])]
    process.stdout.write(`${[...lines, ...samples.notes].join('\n')}\n`)
    if (options.json !== undefined)
      writeFileSync(options.json, await benchJson(preparation, figures, samples.notes, options))
  } finally {
    await scope.end()
  }
}

/** Preparation starts a worker for the first job to come. Ours run in irqlabs of their own, and nothing is to stand beside them. */
async function endSpareWorker(): Promise<void> {
  const spare = await readyWorker([process.execPath, resolve(import.meta.dirname, '../main.ts')])
  spare.closeChannel()
  await spare.exited
}

function headOf(
  { accelerator, qemu, kernels }: Preparation,
  { rounds, markdown }: BenchOptions,
): readonly string[] {
  const [kernel] = kernels
  const facts = `Linux ${kernel?.release}, Node ${process.version.slice(1)}, ${rounds} rounds`
  const accel = accelerator.name.toUpperCase()
  if (markdown) return [`${qemu.version.text} on ${accel}, ${facts}:`]
  return [`${accel} (${accelerator.reason})`, qemu.version.text, facts]
}

function explain(error: unknown): number {
  if (error instanceof Interrupted) return SIGNALS.find(([name]) => name === error.signal)?.[1] ?? 130
  if (!(error instanceof UsageError || error instanceof Trouble)) throw error
  process.stderr.write(`bench: ${error.message}\n`)
  if (error instanceof UsageError) return 64
  for (const line of error.console ?? []) process.stderr.write(`  | ${line}\n`)
  if (error.hint !== undefined) process.stderr.write(`bench: ${error.hint}\n`)
  return 2
}
