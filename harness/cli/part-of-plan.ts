/** Which part of the plan is this runner's? All of it, or with `--shard i/n` one of n parts that every runner computes alike. */
import { UsageError } from '../base/errors.ts'
import type { PlannedRun } from '../campaign/plan.ts'
import { shardOf } from '../campaign/shard.ts'
import { durationsToDivideBy, weigher } from '../record/weights.ts'
import type { RunOptions } from './run-options.ts'

/** The part. Throws `UsageError` when there are more parts than runs, or the durations cannot be read. */
export function partOf<Kernel>(
  plan: readonly PlannedRun<Kernel>[],
  { shard, durations }: Pick<RunOptions, 'shard' | 'durations'>,
): readonly PlannedRun<Kernel>[] {
  if (shard === undefined) {
    if (durations === undefined) return plan
    throw new UsageError(`--durations ${durations}: it divides a campaign, so give --shard too`)
  }
  if (plan.length < shard.of) {
    throw new UsageError(
      `--shard ${shard.index}/${shard.of}: there are ${plan.length} runs, and a runner without one could say nothing`,
    )
  }
  const weigh = weigher(durationsToDivideBy(durations))
  return shardOf(plan, shard, ({ scenario, machine }) =>
    weigh({ scenario: scenario.name, machine: machine.name }),
  )
}
