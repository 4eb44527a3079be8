/** Measures everything round by round, so that a host that grows slower or faster bears on all figures alike. */
import { join } from 'node:path'
import { Interrupted, Trouble } from '../base/errors.ts'
import type { Scope } from '../base/scope.ts'
import type { Preparation } from '../cli/preparation.ts'
import { machineOf } from '../guest/machine.ts'
import { qemuArgv } from '../guest/qemu-args.ts'
import type { Argv } from '../host/processes.ts'
import { makeWorkdir } from '../host/workdir.ts'
import type { Figure } from './figure.ts'
import { bootToFloor, floorArgv, writeFloorInitramfs } from './floor.ts'
import { costOfRun, IRQLAB, type RunCost } from './run-cost.ts'
import { startMiB, startMs } from './start-cost.ts'

/** What is measured with. */
export interface BenchRequest {
  readonly preparation: Preparation
  readonly rounds: number
  /** The Node that runs everything. */
  readonly node: string
  readonly tell: (line: string) => void
  /** Aborted by a signal. */
  readonly signal: AbortSignal
}

/** The goals of the first release: stated beside the figures. */
const READY_MAX = 1.35
const HELP_MAX = 4

/** A start of Node takes a tenth of a second: one sample a round would be mostly noise. */
const STARTS_A_ROUND = 5
const NOTHING = ['-e', '0']
const HELP = [IRQLAB, '--help']
const NODE_PEAK = 'node -e 0, peak'

interface Starts {
  readonly ms: number[]
  readonly miB: number[]
}

/** The figures, in the order of the table. Throws `Trouble` when a boot or a run fails, `Interrupted` on a signal. */
export async function measureRounds(request: BenchRequest, scope: Scope): Promise<readonly Figure[]> {
  const { rounds, node, tell, signal } = request
  const dir = await makeWorkdir(scope)
  const floor = floorCommand(request.preparation, dir)
  const floorMs: number[] = []
  const runs: RunCost[] = []
  const [nothing, help]: [Starts, Starts] = [
    { ms: [], miB: [] },
    { ms: [], miB: [] },
  ]
  // Once for the page cache: the first of all would pay for reading Node from the disk.
  await startMs(node, HELP)
  const unlessStopped = stopper(signal)
  for (let round = 1; round <= rounds; round++) {
    tell(`round ${round} of ${rounds}`)
    floorMs.push(await unlessStopped(bootToFloor(floor, dir, scope)))
    runs.push(await unlessStopped(costOfRun(node, dir, scope)))
    for (let start = 0; start < STARTS_A_ROUND; start++) {
      nothing.ms.push(await unlessStopped(startMs(node, NOTHING)))
      help.ms.push(await unlessStopped(startMs(node, HELP)))
    }
    nothing.miB.push(await unlessStopped(startMiB(node, NOTHING)))
    help.miB.push(await unlessStopped(startMiB(node, HELP)))
  }
  return figuresOf({ floorMs, runs, nothing, help })
}

function floorCommand({ qemu, accelerator, guest, kernels }: Preparation, dir: string): Argv {
  const [kernel] = kernels
  if (kernel === undefined) throw new Trouble('bench.floor', 'no kernel was prepared')
  return floorArgv(
    qemuArgv({
      binary: qemu.path,
      majorVersion: qemu.version.major,
      accel: accelerator.name,
      machine: machineOf('plain'),
      kernel: kernel.bzImage,
      initrd: writeFloorInitramfs(guest, dir),
      qmpSocket: join(dir, 'qmp'),
      append: '',
      extraArgs: [],
    }),
  )
}

interface Samples {
  readonly floorMs: readonly number[]
  readonly runs: readonly RunCost[]
  readonly nothing: Starts
  readonly help: Starts
}

function figuresOf({ floorMs, runs, nothing, help }: Samples): readonly Figure[] {
  const of = (fact: (run: RunCost) => number) => runs.map(fact)
  return [
    { name: 'floor', unit: 'ms', samples: floorMs },
    {
      name: 'cold ready',
      unit: 'ms',
      samples: of((run) => run.coldReadyMs),
      per: 'floor',
      goalMax: READY_MAX,
    },
    { name: 'verdict', unit: 'ms', samples: of((run) => run.verdictMs), per: 'floor' },
    { name: 'QEMU CPU', unit: 'ms', samples: of((run) => run.qemuCpuMs) },
    { name: 'harness CPU', unit: 'ms', samples: of((run) => run.harnessCpuMs), per: 'QEMU CPU' },
    { name: 'harness share of CPU', unit: '%', samples: of(harnessShare) },
    { name: 'node -e 0', unit: 'ms', samples: nothing.ms },
    { name: 'irqlab --help', unit: 'ms', samples: help.ms, per: 'node -e 0', goalMax: HELP_MAX },
    { name: NODE_PEAK, unit: 'MiB', samples: nothing.miB },
    { name: 'irqlab --help, peak', unit: 'MiB', samples: help.miB, per: NODE_PEAK, goalMax: HELP_MAX },
    { name: 'irqlab run, peak', unit: 'MiB', samples: of((run) => run.irqlabMiB), per: NODE_PEAK },
    { name: 'its worker, peak', unit: 'MiB', samples: of((run) => run.workerMiB), per: NODE_PEAK },
  ]
}

function harnessShare({ harnessCpuMs, qemuCpuMs }: RunCost): number {
  return (100 * harnessCpuMs) / (harnessCpuMs + qemuCpuMs)
}

function stopper(signal: AbortSignal): <T>(work: Promise<T>) => Promise<T> {
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(interruption(signal)), { once: true })
  })
  stopped.catch(() => undefined)
  return (work) => (signal.aborted ? Promise.reject(interruption(signal)) : Promise.race([work, stopped]))
}

function interruption(signal: AbortSignal): Interrupted {
  return signal.reason instanceof Interrupted ? signal.reason : new Interrupted('SIGINT')
}
