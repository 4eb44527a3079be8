/** Measures everything round by round, so that a host that grows slower or faster bears on all figures alike. */
import { join } from 'node:path'
import { Trouble } from '../base/errors.ts'
import type { Preparation } from '../cli/preparation.ts'
import { machineOf } from '../guest/machine.ts'
import { qemuArgv } from '../guest/qemu-args.ts'
import type { Argv } from '../host/processes.ts'
import type { ReadyKernel } from '../campaign/run-campaign.ts'
import { JOBS } from './campaign-cost.ts'
import { measureCampaigns } from './campaigns.ts'
import { bootToFloor, floorArgv, writeFloorInitramfs } from './floor.ts'
import { stopper } from './interruption.ts'
import type { BenchOptions } from './options.ts'
import { type Measurement, measurementsFor } from './parts.ts'
import { costOfRun, makeWarm, SCENARIO } from './run-cost.ts'
import { addRound, noSamples, orNote, type Samples, type Starts } from './samples.ts'
import { sizesOf } from './sizes.ts'
import { startMb, startMs } from './start-cost.ts'
import { type Bed, IRQLAB } from './timed-irqlab.ts'
import { vngArgv, vngBoot, vngVersion } from './vng.ts'

/** What is measured with. */
export interface BenchRequest {
  readonly options: Pick<BenchOptions, 'parts' | 'rounds' | 'campaigns' | 'repeat'>
  readonly preparation: Preparation
  readonly bed: Bed
  readonly tell: (line: string) => void
  /** Aborted by a signal. */
  readonly signal: AbortSignal
}

/** A start of Node takes a tenth of a second: one sample a round would be mostly noise. */
const STARTS_A_ROUND = 5
const NOTHING = ['-e', '0']
const HELP = [IRQLAB, '--help']

/** What is measured once, or by campaigns. */
const OUTSIDE_ROUNDS: ReadonlySet<Measurement> = new Set(['pace', 'suite', 'sizes'])

/** The machine of the floor, and that of `deferred-move`. */
const MACHINE = machineOf('plain')

/**
 * The samples. A round or a campaign in which something fails, and a virtme-ng that does not boot, cost their own samples
 * and leave a note. Throws `Trouble` when no round went well, `Interrupted` on a signal.
 */
export async function measureRounds(request: BenchRequest): Promise<Samples> {
  const { options, preparation, bed, tell } = request
  const needed = measurementsFor(options.parts)
  const samples = noSamples(JOBS)
  const unlessStopped = stopper(request.signal)
  const [kernel] = preparation.kernels
  if (kernel === undefined) throw new Trouble('bench.floor', 'no kernel was prepared')

  // Once for the page cache: the first of all would pay for reading Node from the disk.
  if (needed.has('starts')) await unlessStopped(() => startMs(bed.node, HELP))
  if (needed.has('warm run') || needed.has('pace') || needed.has('sizes')) {
    const record = await unlessStopped(() => makeWarm(bed))
    tell(
      record?.guest.start === 'warm'
        ? 'a guest is put aside already'
        : `a guest was put aside by ${SCENARIO}`,
    )
  }
  const vng = needed.has('vng') ? await unlessStopped(() => vngCommand(request, kernel, samples)) : undefined
  const floor = floorCommand(preparation, kernel, bed.dir)

  const inRound = async (): Promise<Samples> => {
    const round = noSamples(JOBS)
    if (needed.has('floor'))
      round.floorMs.push(await unlessStopped(() => bootToFloor(floor, bed.dir, bed.scope)))
    if (needed.has('cold run')) round.cold.push(await unlessStopped(() => costOfRun(bed, 'cold')))
    if (needed.has('warm run')) round.warm.push(await unlessStopped(() => costOfRun(bed, 'warm')))
    if (needed.has('starts')) await unlessStopped(() => measureStarts(bed.node, round))
    if (vng !== undefined)
      round.vngMs.push(await unlessStopped(() => vngBoot(vng, kernel.release, bed.dir, bed.scope)))
    return round
  }
  await measureInRounds(request, samples, inRound)
  await measureCampaigns({ ...options, bed, tell, unlessStopped }, needed, samples)
  if (needed.has('sizes')) samples.sizes.push(sizesOf(kernel, MACHINE.name))
  return samples
}

/** Adds whole rounds. A round in which something failed is left out: its figures would have nothing to be compared with. */
async function measureInRounds(
  { options: { parts, rounds }, tell }: BenchRequest,
  samples: Samples,
  inRound: () => Promise<Samples>,
): Promise<void> {
  if ([...measurementsFor(parts)].every((measurement) => OUTSIDE_ROUNDS.has(measurement))) return
  let counted = 0
  for (let number = 1; number <= rounds; number++) {
    tell(`round ${number} of ${rounds}`)
    const round = await orNote(samples.notes, `round ${number} is not counted`, inRound)
    if (round === undefined) continue
    addRound(samples, round)
    counted++
  }
  if (counted === 0) throw new Trouble('bench.rounds', samples.notes.join('\n'))
}

async function measureStarts(node: string, { nothing, help }: Samples): Promise<void> {
  const both: readonly (readonly [Starts, readonly string[]])[] = [
    [nothing, NOTHING],
    [help, HELP],
  ]
  for (let start = 0; start < STARTS_A_ROUND; start++)
    for (const [starts, words] of both) starts.ms.push(await startMs(node, words))
  for (const [starts, words] of both) starts.mb.push(await startMb(node, words))
}

/** The command that starts virtme-ng, once it has worked; else a note says why there is none. */
async function vngCommand(
  { preparation, bed, tell }: BenchRequest,
  { bzImage, release }: ReadyKernel,
  samples: Samples,
): Promise<Argv | undefined> {
  return orNote(samples.notes, 'virtme-ng was not measured', async () => {
    const version = await vngVersion()
    tell(`${version}: one boot that is not counted`)
    const argv = vngArgv({ ...preparation, bzImage, machine: MACHINE })
    await vngBoot(argv, release, bed.dir, bed.scope)
    samples.notes.push(version)
    return argv
  })
}

function floorCommand({ qemu, accelerator, guest }: Preparation, kernel: ReadyKernel, dir: string): Argv {
  return floorArgv(
    qemuArgv({
      binary: qemu.path,
      majorVersion: qemu.version.major,
      accel: accelerator.name,
      machine: MACHINE,
      kernel: kernel.bzImage,
      initrd: writeFloorInitramfs(guest, dir),
      qmpSocket: join(dir, 'qmp'),
      append: '',
      extraArgs: [],
    }),
  )
}
