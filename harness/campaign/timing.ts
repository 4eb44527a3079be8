/** How long do the runs of a campaign take? Known from earlier ones before it starts, and told to later ones at its end. */
import { dirname } from 'node:path'
import {
  DURATIONS_FILE,
  durationsText,
  kindOf,
  type Lasted,
  readDurations,
  type RunKind,
  withDurations,
} from '../record/durations.ts'
import type { PlannedRun } from './plan.ts'
import type { CampaignRequest, ReadyKernel } from './run-campaign.ts'

/** What a campaign knows of the durations of its runs. */
export interface Timing {
  /** Milliseconds that such a run took before; undefined: none was seen. */
  knownMs(run: PlannedRun<ReadyKernel>): number | undefined
  /** This run took so many milliseconds. */
  note(run: PlannedRun<ReadyKernel>, ms: number): void
  /** Keeps what was noted for later campaigns. A hint that cannot be kept is no trouble. */
  keep(): Promise<void>
}

/** Reads what earlier campaigns have left. */
export function timingOf({ results, dir }: Pick<CampaignRequest, 'results' | 'dir'>): Timing {
  const known = readDurations(results)
  const lasted: Lasted[] = []
  return {
    knownMs: (run) => known.get(kindOf(kindOfRun(run))),
    note: (run, ms) => lasted.push({ ...kindOfRun(run), ms }),
    keep: async () => {
      // A campaign that lies within another's results leaves nothing beside itself.
      if (lasted.length === 0 || dirname(dir.dir) !== results) return
      // Read anew: another campaign may have written meanwhile.
      const text = durationsText(withDurations(readDurations(results), lasted))
      await dir.replaceFile(DURATIONS_FILE, text).catch(() => undefined)
    },
  }
}

function kindOfRun({ scenario, kernel, machine }: PlannedRun<ReadyKernel>): RunKind {
  return { scenario: scenario.name, kernel: kernel.release, machine: machine.name }
}
