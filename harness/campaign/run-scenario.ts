/** One run, inside its own namespaces: taps, guest, tracing, settling, the scenario's body, evidence, verdicts. */
import { dirname } from 'node:path'
import { NotApplicable } from '../base/errors.ts'
import { type LimitName, Limits } from '../base/limits.ts'
import { Scope } from '../base/scope.ts'
import { type PortName, portsAmong, portSocket } from '../guest/device-names.ts'
import { CpuHotplug } from '../guest/cpu-hotplug.ts'
import type { DeviceName } from '../guest/device-names.ts'
import type { TestDevice } from '../guest/devices.ts'
import type { Guest } from '../guest/guest.ts'
import { Handler } from '../guest/handler.ts'
import { Irqbalance } from '../guest/irqbalance.ts'
import type { Inventory } from '../guest/inventory.ts'
import { complaintsIn, kernelFaultIn, readKernelLog } from '../guest/kernel-messages.ts'
import { demandHost, hostHasVhostNet } from '../guest/machine-obstacle.ts'
import { NicDriver } from '../guest/nic-driver.ts'
import { qemuArgv } from '../guest/qemu-args.ts'
import { Suspend } from '../guest/suspend.ts'
import { readTrace, TRACEFS } from '../guest/tracing.ts'
import { VectorHogs } from '../guest/vector-hogs.ts'
import { isolate } from '../host/namespace.ts'
import { addTaps, managementTap, testTap } from '../host/tap.ts'
import type { Starvation } from '../host/starvation.ts'
import { makeWorkdir } from '../host/workdir.ts'
import { actMarker } from '../irq/act-markers.ts'
import { judge } from '../irq/judge.ts'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import type { RunEvidence } from '../irq/move-evidence.ts'
import { parseTrace } from '../irq/trace.ts'
import type { Verdict } from '../irq/verdict.ts'
import type { Claim } from '../scenario/check.ts'
import { contextOf } from '../scenario/context.ts'
import { balancerOf, driverOf } from '../scenario/driver.ts'
import {
  type KnownFailure,
  knownOn,
  messagesSeen,
  patternsOf,
  type SeenMessage,
} from '../scenario/known-failure.ts'
import { Random } from '../scenario/random.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { CommandLogEntry } from '../ssh/guest-shell.ts'
import { HostPort } from '../traffic/host-port.ts'
import { EvidenceFiles } from './evidence-files.ts'
import type { ChipPrediction, Job, WorkerMessage, WorkerResult } from './job.ts'
import { concludeFrom, concludeFromError, type Conclusion } from './outcome.ts'
import { qemuRequestOf } from './qemu-request.ts'
import { readyGuest, type ReadyGuest } from './ready-guest.ts'
import { unlessStarved } from './starved.ts'

const WORKDIR_MIB = 64

/** What is known of a run, filled as it goes: whatever ends it, this is what it has to tell. */
interface Progress {
  verdicts: readonly Verdict[]
  /** What the kernel said that is declared for it. */
  messages: readonly SeenMessage[]
  predictions?: readonly ChipPrediction[] | undefined
  release: string | undefined
  /** The version of kernel.org behind it: declarations of known failures speak of that. */
  version: string | undefined
  spawnToReadyMs: number | undefined
  /** Patterns of complaints that acts of ours have provoked, and that say nothing of the kernel. */
  provoked: () => readonly RegExp[]
  /** What the vCPUs were given from QEMU's start to the end of the scenario. */
  vcpus: Starvation | undefined
}

/**
 * Runs the scenario and gives its result. Never throws: everything that can go wrong is a conclusion.
 * `beforeEnd` is awaited with the guest still up, for `--keep`.
 */
export async function runScenario(
  scenario: Scenario,
  job: Job,
  tell: (message: WorkerMessage) => void,
  beforeEnd: (result: WorkerResult) => Promise<void>,
): Promise<WorkerResult> {
  const scope = new Scope()
  const known: Progress = {
    verdicts: [],
    messages: [],
    release: undefined,
    version: undefined,
    spawnToReadyMs: undefined,
    provoked: () => [],
    vcpus: undefined,
  }
  let conclusion: Conclusion
  try {
    await runIn(scope, scenario, job, tell, known)
    const fromVerdicts = concludeFrom(known.verdicts, knownHere(scenario, known), known.messages)
    conclusion = unlessStarved(fromVerdicts, known.vcpus)
  } catch (error) {
    conclusion = concludeFromError(error)
  }
  const { provoked: _, ...told } = known
  const result = { type: 'result' as const, ...told, conclusion, judgedAtMs: Date.now(), leaks: [] }
  await beforeEnd(result)
  const leaks = await scope.end()
  return { ...result, leaks }
}

async function runIn(
  scope: Scope,
  scenario: Scenario,
  job: Job,
  tell: (message: WorkerMessage) => void,
  known: Progress,
): Promise<void> {
  const limits = new Limits(job.timeoutScale * (job.limitsFactor ?? 1))
  const files = new EvidenceFiles(job.evidenceDir)
  const { snapshot, accel, qemu } = job
  demandHost(job.machine, { accel, majorVersion: qemu.majorVersion, hasVhostNet: hostHasVhostNet() })
  const workdir = await makeWorkdir(
    scope,
    await isolate({
      sizeMiB: WORKDIR_MIB,
      visible: [
        job.evidenceDir,
        job.bzImage,
        job.initrd,
        job.scenario.file,
        ...(snapshot === undefined ? [] : [dirname(snapshot.dir)]),
      ],
    }),
  )
  await addTaps([managementTap, testTap(job.machine.nic.queuePairs)])
  const qmpSocket = `${workdir}/qmp`
  const ports = new Map<PortName, HostPort>()
  // Before QEMU starts: it connects to them.
  for (const port of portsAmong(job.machine.devices))
    ports.set(port, await HostPort.listen(portSocket(qmpSocket, port), scope))
  const argv = qemuArgv({ ...qemuRequestOf(job), qmpSocket })
  tell({ type: 'qemu', argv })
  files.write('qemu.argv', `${argv.join('\n')}\n`)
  const request = {
    argv,
    qmpSocket,
    credentials: { clientKey: job.clientKey, hostKey: job.hostKey },
    evidenceDir: job.evidenceDir,
    limits,
    emulated: job.accel === 'tcg',
    declared: () => [...patternsOf(knownHere(scenario, known)), ...known.provoked()],
    onStage: (stage: LimitName) => tell({ type: 'stage', stage }),
    onCommand: (entry: CommandLogEntry) => files.append('ssh.jsonl', `${JSON.stringify(entry)}\n`),
  }
  let guest: Guest | undefined
  const onGuest = (answering: Guest) => {
    guest = answering
    known.spawnToReadyMs = answering.spawnToReadyMs
  }
  const onInventory = (inventory: Inventory) => {
    known.release = inventory.release
    known.version = inventory.version
    files.keepInterrupts('start', inventory.interrupts)
  }
  try {
    const readying = { scenario, job, request, ports, limits, files, tell, onGuest, onInventory }
    await ask(await readyGuest(readying, scope), { scenario, job, tell, known, limits, files })
  } catch (error) {
    throw error instanceof NotApplicable || guest === undefined ? error : await guest.diagnose(error)
  }
}

/** The failures that are declared for the kernel that was booted. */
function knownHere(scenario: Scenario, { version }: Pick<Progress, 'version'>): readonly KnownFailure[] {
  return version === undefined ? [] : knownOn(parseKernelRelease(version), scenario.known)
}

function deviceNamed(devices: readonly TestDevice[], name: DeviceName): TestDevice {
  const device = devices.find((candidate) => candidate.name === name)
  if (device === undefined) throw new RangeError(`no ${name} in this guest`)
  return device
}

/** Each irqchip once, in the order of the writes; undefined when nothing was written. */
function predictionsOf(moves: RunEvidence['moves']): readonly ChipPrediction[] | undefined {
  const byChip = new Map(
    moves.map(({ irq: { chip }, prediction: { kind, cleanup } }) => [chip, { chip, kind, cleanup }]),
  )
  return byChip.size === 0 ? undefined : [...byChip.values()]
}

interface Asking {
  readonly scenario: Scenario
  readonly job: Job
  readonly tell: (message: WorkerMessage) => void
  readonly known: Progress
  readonly limits: Limits
  readonly files: EvidenceFiles
}

async function ask(ready: ReadyGuest, asking: Asking): Promise<void> {
  const { guest, inventory, experiment, stuck, states, traffic, watched, traceableFunctions } = ready
  const { scenario, job, tell, known, limits, files } = asking
  const { commands } = guest
  const claims: Claim[] = []
  const random = new Random(job.seed, inventory.onlineCpus)
  const { devices, managementRx: management } = inventory
  if (stuck.length === 0) {
    const cpus = new CpuHotplug(commands)
    const irqbalance = new Irqbalance(commands)
    const nic = new NicDriver(commands, states, inventory.nic, watched)
    const suspend = new Suspend(commands)
    const driver = driverOf({ nic, suspend, experiment, forgetFlows: () => traffic.forget() })
    const vectors = new VectorHogs(commands, job.machine.vectorHogs)
    known.provoked = () => vectors.provoked
    const handlerOf = (name: DeviceName) => new Handler(commands, deviceNamed(devices, name), limits)
    const body = scenario.run(
      contextOf({
        experiment,
        commands,
        rxQueues: () => nic.rxQueues,
        devices,
        management,
        random,
        claims,
        cpus,
        driver,
        irqbalance: balancerOf(irqbalance, experiment),
        vectors,
        timer: inventory.timer,
        handlerOf,
      }),
    )
    await limits
      .deadline('scenario.body', `The body of ${scenario.name}`)
      .race(Promise.race([body, guest.loss]))
    // A CPU that comes back makes drivers write: no matter of the scenario's any more.
    await commands.run(`echo '${actMarker('body-end', {})}' >${TRACEFS}/trace_marker`)
    await irqbalance.stop()
    await cpus.restore()
    await vectors.restore()
  }
  tell({ type: 'progress', words: 'reading the trace' })
  files.keepInterrupts('end', await commands.check('cat /proc/interrupts'))
  const text = await readTrace(commands)
  files.write('trace.txt', text)
  const log = await readKernelLog(commands)
  files.write('kernel.log', log)
  const run: RunEvidence = {
    release: parseKernelRelease(inventory.release),
    onlineCpus: inventory.onlineCpus,
    trace: parseTrace(text),
    traceableFunctions,
    moves: experiment.moves.map((move) => move.evidence),
  }
  files.writeEvidence(run, claims)
  known.predictions = predictionsOf(run.moves)
  known.vcpus = await guest.starvation.read()
  known.verdicts = [
    ...stuck,
    ...claims.flatMap(({ move, book }) =>
      judge(run, move.evidence, book === 'deferred' || book === 'immediate' ? (job.judgeAs ?? book) : book),
    ),
  ]
  const declared = knownHere(scenario, known)
  known.messages = messagesSeen(declared, (pattern) => complaintsIn(log, pattern))
  const survived = [...patternsOf(declared), ...known.provoked()]
  const fault = kernelFaultIn(log, known.vcpus, job.accel === 'tcg', survived)
  if (fault !== undefined) throw fault
}
