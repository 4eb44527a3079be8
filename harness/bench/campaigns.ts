/** Measures pace and suite: with one job and with two in turn, so that a host that slows down bears on both. */
import { JOBS, pace, suite } from './campaign-cost.ts'
import type { UnlessStopped } from './interruption.ts'
import type { Measurement } from './parts.ts'
import { orNote, type Samples } from './samples.ts'
import type { Bed } from './timed-irqlab.ts'

/** What is measured with, and how often. */
export interface CampaignsRequest {
  readonly bed: Bed
  readonly campaigns: number
  /** Runs of one measurement of the pace. */
  readonly repeat: number
  readonly tell: (line: string) => void
  readonly unlessStopped: UnlessStopped
}

/** Adds to the samples. A campaign in which a run fails leaves a note and no sample. Throws `Interrupted`. */
export async function measureCampaigns(
  { bed, campaigns, repeat, tell, unlessStopped }: CampaignsRequest,
  needed: ReadonlySet<Measurement>,
  { notes, ...samples }: Samples,
): Promise<void> {
  const measure = async <T>(what: string, into: T[] | undefined, work: () => Promise<T>): Promise<void> => {
    tell(what)
    await orNote(notes, what, async () => into?.push(await unlessStopped(work)))
  }
  // Not counted: it leaves a guest for every scenario.
  if (needed.has('suite')) await measure('suite, not counted', [], () => suite(bed, Math.max(...JOBS)))
  for (let campaign = 1; campaign <= campaigns; campaign++) {
    for (const jobs of JOBS) {
      const how = `--jobs ${jobs}, ${campaign} of ${campaigns}`
      if (needed.has('pace'))
        await measure(`pace with ${how}`, samples.pace.get(jobs), () => pace(bed, jobs, repeat))
      if (needed.has('suite'))
        await measure(`suite with ${how}`, samples.suite.get(jobs), () => suite(bed, jobs))
    }
  }
  const [cost] = [...samples.suite.values()].flat()
  if (cost !== undefined) notes.push(`the suite: ${cost.runs} runs, ${cost.warm} of them warm`)
}
