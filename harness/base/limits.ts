/** All time limits of a run in one table, so that factors (`--timeout-scale`, a slow host) stretch them together. */
import { Deadline } from './deadline.ts'

/** Milliseconds at scale 1. They are generous for TCG on a busy two-core host; nothing waits them out when all is well. */
const LIMITS_MS = {
  'boot.qemu': 10_000,
  'boot.firmware': 20_000,
  'boot.kernel': 40_000,
  'boot.init': 20_000,
  'boot.network': 20_000,
  'boot.nic': 20_000,
  'boot.ssh': 20_000,
  'boot.disk': 20_000,
  'boot.system': 240_000,
  'boot.device': 20_000,
  'snapshot.save': 30_000,
  'snapshot.load': 30_000,
  'guest.command': 15_000,
  'guest.evidence': 60_000,
  'guest.console': 1000,
  'qmp.command': 5000,
  'traffic.delivery': 5000,
  'traffic.flow-map': 20_000,
  'scenario.body': 180_000,
  'scenario.settle': 20_000,
} as const

/** A wait that has a limit, and the stage in the trouble when it is exceeded. */
export type LimitName = keyof typeof LIMITS_MS

/** What makes everything take longer than the table above expects. */
export interface HostPace {
  /** CPU time for the same guest instructions, over that of the host on which the table was made. */
  readonly slowness: number
  /** vCPUs of all guests that run side by side. */
  readonly vcpus: number
  /** CPUs that we may use. */
  readonly cores: number
}

/** The table was made with one guest of four vCPUs on two cores. */
const EXPECTED_VCPUS_PER_CORE = 2

/** A host that is slower than this is not slow but stuck: its user should wait no longer to hear of it. */
const FACTOR_MAX = 20

/** How much longer than in the table every limit is on this host: 1 to 20, never less than the table. */
export function limitsFactor({ slowness, vcpus, cores }: HostPace): number {
  const load = vcpus / cores / EXPECTED_VCPUS_PER_CORE
  return Math.round(Math.min(FACTOR_MAX, Math.max(1, slowness * Math.max(1, load))) * 100) / 100
}

/** The table above, times a factor. */
export class Limits {
  readonly scale: number

  constructor(scale: number) {
    this.scale = scale
  }

  /** Milliseconds allowed for `name`. */
  ms(name: LimitName): number {
    return LIMITS_MS[name] * this.scale
  }

  /** A deadline from now, later by `moreMs` of time that was asked for; `what` completes "... took longer than 15 s". */
  deadline(name: LimitName, what: string, moreMs = 0): Deadline {
    return new Deadline(name, what, this.ms(name) + moreMs)
  }
}
