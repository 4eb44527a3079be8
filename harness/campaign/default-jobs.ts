/** How many runs may go on side by side when nobody said? */

/** What this machine has to give, and what the plan asks of it. */
export interface JobsRoom {
  /** CPUs that we may use. */
  readonly usableCpus: number
  readonly totalMib: number
  /** What can be had without swapping: MemAvailable of /proc/meminfo, or what a cgroup leaves of it. */
  readonly availableMib: number
  /** Memory of the largest guest. */
  readonly guestMib: number
  readonly runs: number
  /** One run is kept until Ctrl-C: only ever one. */
  readonly keep: boolean
}

/** QEMU itself, the worker, its workdir and what a run reads into memory. */
const BESIDE_GUEST_MIB = 256
const JOBS_MAX = 16

/**
 * Half of the CPUs, since a guest has several vCPUs and a late one blurs what is measured; as many guests as fit while a
 * quarter of the memory stays free. At least 1, never more than the runs.
 */
export function defaultJobs(room: JobsRoom): number {
  if (room.keep) return 1
  const byCpus = Math.floor(room.usableCpus / 2)
  const byMemory = Math.floor((room.availableMib - room.totalMib / 4) / (room.guestMib + BESIDE_GUEST_MIB))
  return Math.max(1, Math.min(byCpus, byMemory, JOBS_MAX, room.runs))
}
