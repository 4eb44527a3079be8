/** `npm run differential`: the same random acts on two kernels or more, and where their answers differ. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { recordsOf } from '../cli/irqlab-child.ts'
import { runScript } from '../cli/run-script.ts'
import { readEvidence } from '../irq/evidence-json.ts'
import { normalised } from '../irq/normalised.ts'
import type { RunRecord } from '../record/run-record.ts'
import { DIFFERENTIAL_USAGE, type DifferentialOptions, differentialOptions } from './differential-options.ts'
import { differences } from './difference.ts'

const ROUND_LIMIT_MS = 24 * 60 * 60_000

await runScript({ name: 'differential', usage: DIFFERENTIAL_USAGE, options: differentialOptions, main })

async function main(options: DifferentialOptions, signal: AbortSignal): Promise<number> {
  let worst = 0
  for (let round = 1; round <= options.rounds; round++) {
    const seed = options.seed + round - 1
    const records = await recordsOf([...options.words, `--seed=${seed}`], {
      limitMs: ROUND_LIMIT_MS,
      signal,
      stage: 'differential.run',
    })
    const odd = records.filter(({ outcome }) => outcome !== 'pass')
    for (const { kernel, outcome, reason } of odd)
      process.stdout.write(`seed ${seed}: ${kernel.release} ${outcome}: ${reason}\n`)
    const told = records.map((record) => ({ kernel: record.kernel.release, lines: linesOf(record, options) }))
    const found = odd.length > 0 ? [] : differences(told)
    const lines = told[0]?.lines.length ?? 0
    if (odd.length === 0 && lines === 0) throw new UsageError(`no request was made to ${options.queue}`)
    if (found.length > 0) process.stdout.write(`seed ${seed}: ${found.join('\n')}\n`)
    else if (odd.length === 0)
      process.stdout.write(
        `seed ${seed}: ${lines} lines, the same on ${told.map(({ kernel }) => kernel).join(', ')}\n`,
      )
    if (found.length > 0 || odd.some(({ outcome }) => outcome === 'fail')) worst = 1
    else if (odd.length > 0 && worst === 0) worst = 2
  }
  return worst
}

/** The last attempt left its evidence beside its record; one that broke early has none. */
function linesOf(
  { run, attempts, outcome }: RunRecord,
  { results, queue }: DifferentialOptions,
): readonly string[] {
  if (outcome !== 'pass') return []
  const dir = join(resolve(results), run, `attempt-${attempts}`)
  const file = (name: string) => readFileSync(join(dir, name), 'utf8')
  return normalised(readEvidence(file('evidence.json'), file('trace.txt')).run, queue)
}
