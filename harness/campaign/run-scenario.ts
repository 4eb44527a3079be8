/** One run, inside its own namespaces: taps, guest, tracing, settling, the scenario's body, evidence, verdicts. */
import { NotApplicable } from '../base/errors.ts'
import { Limits } from '../base/limits.ts'
import { Scope } from '../base/scope.ts'
import { MANAGEMENT_INTERFACE, TEST_INTERFACE } from '../guest/addresses.ts'
import { DescriptorStates } from '../guest/descriptor-states.ts'
import { bootGuest, type Guest } from '../guest/guest.ts'
import { IrqReader } from '../guest/irq-reader.ts'
import { kernelFaultIn, readKernelLog } from '../guest/kernel-messages.ts'
import { type NicIrqs, readNicIrqs } from '../guest/nic.ts'
import { qemuArgv } from '../guest/qemu-args.ts'
import { readTrace, startTracing } from '../guest/tracing.ts'
import { isolate } from '../host/namespace.ts'
import { addTaps, broadcastOf, managementTap, testTap } from '../host/tap.ts'
import { makeWorkdir } from '../host/workdir.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { judge } from '../irq/judge.ts'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import type { RunEvidence } from '../irq/move-evidence.ts'
import { parseTrace } from '../irq/trace.ts'
import type { Verdict } from '../irq/verdict.ts'
import type { Claim } from '../scenario/check.ts'
import { contextOf } from '../scenario/context.ts'
import { Experiment } from '../scenario/experiment.ts'
import { type KnownFailure, knownOn } from '../scenario/known-failure.ts'
import { demand } from '../scenario/needs.ts'
import { Random } from '../scenario/random.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { settle } from '../scenario/settle.ts'
import { Flows } from '../traffic/flows.ts'
import { Prober } from '../traffic/prober.ts'
import { EvidenceFiles } from './evidence-files.ts'
import type { Job, WorkerMessage, WorkerResult } from './job.ts'
import { concludeFrom, concludeFromError, type Conclusion } from './outcome.ts'

const WORKDIR_MIB = 64

/** What is known of a run, filled as it goes: whatever ends it, this is what it has to tell. */
interface Progress {
  verdicts: readonly Verdict[]
  release: string | undefined
  spawnToReadyMs: number | undefined
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
  const known: Progress = { verdicts: [], release: undefined, spawnToReadyMs: undefined }
  let conclusion: Conclusion
  try {
    await runIn(scope, scenario, job, tell, known)
    conclusion = concludeFrom(known.verdicts, knownHere(scenario, known.release))
  } catch (error) {
    conclusion = concludeFromError(error)
  }
  const result = { type: 'result' as const, ...known, conclusion, judgedAtMs: Date.now(), leaks: [] }
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
  const limits = new Limits(job.timeoutScale)
  const files = new EvidenceFiles(job.evidenceDir)
  const workdir = await makeWorkdir(
    scope,
    await isolate({
      sizeMiB: WORKDIR_MIB,
      visible: [job.evidenceDir, job.bzImage, job.initrd, job.scenario.file],
    }),
  )
  await addTaps([managementTap, testTap(job.machine.nic.queuePairs)])
  const qmpSocket = `${workdir}/qmp`
  const argv = qemuArgv({
    binary: job.qemu.path,
    majorVersion: job.qemu.majorVersion,
    accel: job.accel,
    machine: job.machine,
    kernel: job.bzImage,
    initrd: job.initrd,
    qmpSocket,
    append: job.append,
    extraArgs: job.qemuArgs,
  })
  tell({ type: 'qemu', argv })
  files.write('qemu.argv', `${argv.join('\n')}\n`)
  const guest = await bootGuest(
    {
      argv,
      qmpSocket,
      clientKey: job.clientKey,
      hostKey: job.hostKey,
      evidenceDir: job.evidenceDir,
      limits,
      emulated: job.accel === 'tcg',
      onStage: (stage) => tell({ type: 'stage', stage }),
      onCommand: (entry) => files.append('ssh.jsonl', `${JSON.stringify(entry)}\n`),
    },
    scope,
  )
  known.spawnToReadyMs = guest.spawnToReadyMs
  try {
    await Promise.race([ask(guest, scope, { scenario, job, tell, known, limits, files }), guest.loss])
  } catch (error) {
    throw error instanceof NotApplicable ? error : await guest.diagnose(error)
  }
}

/** The failures that are declared for the kernel that was booted. */
function knownHere(scenario: Scenario, release: string | undefined): readonly KnownFailure[] {
  return release === undefined ? [] : knownOn(parseKernelRelease(release), scenario.known)
}

interface Asking {
  readonly scenario: Scenario
  readonly job: Job
  readonly tell: (message: WorkerMessage) => void
  readonly known: Progress
  readonly limits: Limits
  readonly files: EvidenceFiles
}

async function ask(guest: Guest, scope: Scope, asking: Asking): Promise<void> {
  const { scenario, job, tell, known, limits, files } = asking
  const { commands } = guest
  const facts = await readFacts(guest)
  known.release = facts.release
  files.keepInterrupts('start', facts.nic.interrupts)
  const states = await DescriptorStates.find(commands)
  demand(scenario.needs, {
    rxQueues: facts.nic.rxQueues,
    hasEffectiveAffinity: facts.hasEffectiveAffinity,
    canReadPending: states.readable,
  })
  const irqs = [...facts.nic.all, ...facts.management.all].map(({ number }) => number)
  const traceableFunctions = await startTracing(commands, {
    irqs: irqs.filter(
      (irq) =>
        !facts.management.all.some((other) => other.number === irq) || irq === facts.managementRx.irq.number,
    ),
    netInterface: TEST_INTERFACE,
  })
  const reader = new IrqReader(commands, states, facts, (raw) => files.keepReading(raw))
  const test = testTap(job.machine.nic.queuePairs)
  const flows = new Flows(scope, test.host.address, broadcastOf(test.host))
  const prober = new Prober(commands, reader, flows, limits)
  const release = parseKernelRelease(facts.release)
  const experiment = new Experiment({
    commands,
    reader,
    states,
    prober,
    limits,
    release,
    onAct: (words) => tell({ type: 'progress', words }),
  })
  const claims: Claim[] = []
  const random = new Random(job.seed, facts.onlineCpus)
  const { rxQueues } = facts.nic
  const stuck = scenario.settle ? await settle(experiment, rxQueues, facts.onlineCpus) : []
  if (stuck.length === 0) {
    const body = scenario.run(
      contextOf({ experiment, commands, rxQueues, management: facts.managementRx, random, claims }),
    )
    await limits.deadline('scenario.body', `The body of ${scenario.name}`).race(body)
  }
  tell({ type: 'progress', words: 'reading the trace' })
  files.keepInterrupts('end', await commands.check('cat /proc/interrupts'))
  const text = await readTrace(commands)
  files.write('trace.txt', text)
  const log = await readKernelLog(commands)
  files.write('kernel.log', log)
  const run: RunEvidence = {
    release,
    onlineCpus: facts.onlineCpus,
    trace: parseTrace(text),
    traceableFunctions,
    moves: experiment.moves.map((move) => move.evidence),
  }
  files.writeEvidence(run, claims)
  known.verdicts = [
    ...stuck,
    ...claims.flatMap(({ move, book }) =>
      judge(run, move.evidence, book === 'deferred' || book === 'immediate' ? (job.judgeAs ?? book) : book),
    ),
  ]
  const fault = kernelFaultIn(log, await guest.starvation.read(), job.accel === 'tcg')
  if (fault !== undefined) throw fault
}

interface Facts {
  readonly release: string
  readonly bootId: string
  readonly onlineCpus: CpuMask
  readonly hasEffectiveAffinity: boolean
  readonly nic: NicIrqs
  readonly management: NicIrqs
  readonly managementRx: NicIrqs['rxQueues'][number]
}

async function readFacts(guest: Guest): Promise<Facts> {
  const { commands } = guest
  const text = await commands.check(
    'uname -r; cat /proc/sys/kernel/random/boot_id /sys/devices/system/cpu/online; ls /proc/irq/*/effective_affinity_list | head -n 1',
  )
  const [release = '', bootId = '', online = '', effective = ''] = text.split('\n')
  const nic = await readNicIrqs(commands, TEST_INTERFACE)
  const management = await readNicIrqs(commands, MANAGEMENT_INTERFACE)
  const [managementRx] = management.rxQueues
  if (managementRx === undefined)
    throw new NotApplicable('MSI-X', 'the management NIC has no vector for its rx queue')
  if (nic.rxQueues.length === 0)
    throw new NotApplicable('MSI-X', 'the NIC under test has no vector for an rx queue')
  return {
    release,
    bootId,
    onlineCpus: CpuMask.fromList(online),
    hasEffectiveAffinity: effective.startsWith('/proc/irq/'),
    nic,
    management,
    managementRx: { ...managementRx, name: `${MANAGEMENT_INTERFACE}.${managementRx.name}` },
  }
}
