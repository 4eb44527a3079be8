/** Asks a guest that is ready: the scenario's body, what always holds, the evidence, the verdicts. */
import type { Limits } from '../base/limits.ts'
import { InterruptHardware } from '../guest/interrupt-hardware.ts'
import { complaintsIn, kernelFaultIn, readKernelLog } from '../guest/kernel-messages.ts'
import { TraceSections } from '../guest/trace-sections.ts'
import { readTrace } from '../guest/tracing.ts'
import type { IrqEvidence } from '../irq/irq-evidence.ts'
import { judge } from '../irq/judge.ts'
import { judgeAlways } from '../irq/judge-always.ts'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import type { RunEvidence } from '../irq/move-evidence.ts'
import { unlessDisturbed } from '../irq/unless-disturbed.ts'
import { parseTrace } from '../irq/trace.ts'
import type { Claim } from '../scenario/check.ts'
import { closeRun } from '../scenario/closing.ts'
import { contextOf } from '../scenario/context.ts'
import { balancerOf, driverOf } from '../scenario/driver.ts'
import { messagesSeen, patternsOf } from '../scenario/known-failure.ts'
import { Random } from '../scenario/random.ts'
import { roundsFor } from '../scenario/rounds.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { EvidenceFiles } from './evidence-files.ts'
import { GuestActs } from './guest-acts.ts'
import type { ChipPrediction, Job, WorkerMessage } from './job.ts'
import { type ReadyGuest, underTest } from './ready-guest.ts'
import { knownHere, type Progress } from './run-progress.ts'
/** What is asked, and who is told. */
interface Asking {
  readonly scenario: Scenario
  readonly job: Job
  readonly tell: (message: WorkerMessage) => void
  readonly known: Progress
  readonly limits: Limits
  readonly files: EvidenceFiles
}

/**
 * Runs the body and judges what it claimed, and what always holds of every irq under test. Throws whatever the body threw, and
 * `KernelFault` for what the kernel said of itself.
 */
export async function askScenario(ready: ReadyGuest, asking: Asking): Promise<void> {
  const { guest, inventory, experiment, traffic, taken, stuck, traceableFunctions } = ready
  const { scenario, job, tell, known, limits, files } = asking
  const { commands } = guest
  const claims: Claim[] = []
  let asksAlways = false
  const requestedBefore = experiment.moves.length
  const acts = new GuestActs(ready, job, limits)
  const sections = new TraceSections(commands)
  const release = parseKernelRelease(inventory.release)
  let irqs: readonly IrqEvidence[] = []
  if (stuck.length === 0) {
    known.provoked = () => acts.vectors.provoked
    const targets = underTest(inventory)
    const hardware = await InterruptHardware.locate(
      commands,
      guest.qmp,
      limits,
      targets.map(({ irq }) => irq),
    )
    const began = await hardware.read()
    experiment.begin()
    const soakMs = (job.soakSeconds ?? 0) * 1000
    const body = scenario.run(
      contextOf({
        experiment,
        nic: () => acts.nic.irqs,
        devices: inventory.devices,
        management: inventory.managementRx,
        timer: inventory.timer,
        arrangement: inventory.cpus,
        random: new Random(job.seed, () => acts.cpus.onlineNow),
        rounds: () => roundsFor(soakMs, () => sections.cut()),
        claims,
        onAlways: () => {
          asksAlways = true
        },
        cpus: acts.cpus,
        irqDefault: acts.irqDefault,
        napi: acts.napi,
        vectors: acts.vectors,
        driver: driverOf({
          nic: acts.nic,
          suspend: acts.suspend,
          experiment,
          forgetFlows: () => traffic.forget(),
        }),
        irqbalance: balancerOf(acts.irqbalance, experiment),
        handlerOf: acts.handlerOf,
      }),
    )
    await limits
      .deadline('scenario.body', `The body of ${scenario.name}`, soakMs)
      .race(Promise.race([body, guest.loss]))
    await acts.restore()
    tell({ type: 'progress', words: 'asking what always holds' })
    const parts = { experiment, traffic, commands, hardware, began, release, taken }
    irqs = await closeRun(
      targets.filter(({ irq }) => acts.nic.isLiving(irq)),
      parts,
    )
  }
  tell({ type: 'progress', words: 'reading the trace' })
  files.keepInterrupts('end', await commands.check('cat /proc/interrupts'))
  const text = sections.joinedWith(await readTrace(commands))
  files.write('trace.txt', text)
  const log = await readKernelLog(commands)
  files.write('kernel.log', log)
  const run: RunEvidence = {
    release,
    onlineCpus: inventory.onlineCpus,
    trace: parseTrace(text),
    traceableFunctions,
    moves: experiment.moves.map((move) => move.evidence),
    irqs,
  }
  files.writeEvidence(run, claims)
  known.predictions = predictionsOf(run.moves)
  known.vcpus = await guest.starvation.read()
  known.verdicts = [
    ...unlessDisturbed(run, stuck),
    ...claims.flatMap(({ move, book }) =>
      judge(run, move.evidence, book === 'deferred' || book === 'immediate' ? (job.judgeAs ?? book) : book),
    ),
    // A body that claims nothing has forgotten to ask: what always holds is no answer unless that is its question.
    ...(claims.length > 0 || (asksAlways && experiment.moves.length > requestedBefore)
      ? judgeAlways(run)
      : []),
  ]
  const declared = knownHere(scenario, known)
  known.messages = messagesSeen(declared, (pattern) => complaintsIn(log, pattern))
  const survived = [...patternsOf(declared), ...known.provoked()]
  const fault = kernelFaultIn(log, known.vcpus, job.accel === 'tcg', survived)
  if (fault !== undefined) throw fault
}

/** Each irqchip once, in the order of the writes; undefined when nothing was written. */
function predictionsOf(moves: RunEvidence['moves']): readonly ChipPrediction[] | undefined {
  const byChip = new Map(
    moves.map(({ irq: { chip }, prediction: { kind, cleanup } }) => [chip, { chip, kind, cleanup }]),
  )
  return byChip.size === 0 ? undefined : [...byChip.values()]
}
