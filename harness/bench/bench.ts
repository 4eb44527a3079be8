/** `npm run bench`: boot, verdict, CPU time and memory as ratios, all measured in one run, round by round. */
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Scope } from '../base/scope.ts'
import { readyWorker } from '../campaign/worker-process.ts'
import { type Preparation, prepare } from '../cli/preparation.ts'
import { runScript, tell } from '../cli/run-script.ts'
import { makeWorkdir } from '../host/workdir.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { benchJson } from './bench-json.ts'
import { summarize } from './figure.ts'
import { figuresOf } from './figures.ts'
import { figuresMarkdown, figuresTable } from './figures-table.ts'
import { BENCH_USAGE, type BenchOptions, benchOptions } from './options.ts'
import { measureRounds } from './rounds.ts'

// Preparation that failed may have left a worker waiting, and node would wait for it.
await runScript({ name: 'bench', usage: BENCH_USAGE, options: benchOptions, main: bench, exitsAtOnce: true })

async function bench(options: BenchOptions, signal: AbortSignal): Promise<number> {
  const preparation = await prepare([parseKernelSource(options.kernel)], 'auto', { report: tell, step: tell })
  await endSpareWorker()
  const scope = new Scope()
  try {
    const bed = { node: process.execPath, kernel: options.kernel, dir: await makeWorkdir(scope), scope }
    const samples = await measureRounds({ options, preparation, bed, tell, signal })
    const figures = summarize(figuresOf(samples, options.parts))
    const table = options.markdown ? figuresMarkdown(figures) : figuresTable(figures)
    const lines = [...headOf(preparation, options), '', ...table, ...(samples.notes.length > 0 ? [''] : [])]
    process.stdout.write(`${[...lines, ...samples.notes].join('\n')}\n`)
    if (options.json !== undefined)
      writeFileSync(options.json, await benchJson(preparation, figures, samples.notes, options))
    return 0
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
