/** `npm run bench`: boot, verdict, CPU time and memory as ratios, all measured in one run, round by round. */
import { writeFileSync } from 'node:fs'
import { Interrupted, Trouble, UsageError } from '../base/errors.ts'
import { Scope } from '../base/scope.ts'
import { prepare } from '../cli/preparation.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { benchJson } from './bench-json.ts'
import { summarize } from './figure.ts'
import { figuresTable } from './figures-table.ts'
import { BENCH_USAGE, benchOptions } from './options.ts'
import { measureRounds } from './rounds.ts'

const KERNEL = 'debian:6.1'
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
  process.exitCode = explain(error)
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function bench(args: readonly string[]): Promise<void> {
  const options = benchOptions(args)
  if (options.help) return void process.stdout.write(BENCH_USAGE)
  const preparation = await prepare([parseKernelSource(KERNEL)], 'auto', tell, tell)
  const scope = new Scope()
  try {
    const figures = summarize(
      await measureRounds(
        { preparation, rounds: options.rounds, node: process.execPath, tell, signal: stop.signal },
        scope,
      ),
    )
    const { accelerator, qemu, kernels } = preparation
    process.stdout.write(`${accelerator.name} (${accelerator.reason})\n${qemu.version.text}\n`)
    process.stdout.write(
      `kernel ${kernels[0]?.release}, Node ${process.version}, median of ${options.rounds} rounds\n\n`,
    )
    process.stdout.write(`${figuresTable(figures).join('\n')}\n`)
    if (options.json !== undefined)
      writeFileSync(options.json, await benchJson(preparation, figures, options.rounds))
  } finally {
    await scope.end()
  }
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
