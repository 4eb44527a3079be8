/** A machine that is not ours, ready for a scenario's body: taken, its masks kept, traced, its flows learnt, at rest. */
import { randomBytes } from 'node:crypto'
import { NotApplicable } from '../../base/errors.ts'
import type { Limits } from '../../base/limits.ts'
import { pause } from '../../base/poll.ts'
import type { Scope } from '../../base/scope.ts'
import type { GuestCommands } from '../../guest/commands.ts'
import { DescriptorStates } from '../../guest/descriptor-states.ts'
import { IrqReader } from '../../guest/irq-reader.ts'
import { TRACEFS } from '../../guest/tracefs.ts'
import { demandMachine } from '../../guest/machine-shortfall.ts'
import { machineOf } from '../../guest/machine.ts'
import type { Act } from '../../irq/act-log.ts'
import { parseKernelRelease } from '../../irq/kernel-release.ts'
import { chooseNic, type HostNic } from '../../remote/host-nics.ts'
import { inventoryOf, surveyHost, usableCpus } from '../../remote/host-survey.ts'
import { startHostTracing } from '../../remote/host-tracing.ts'
import { takeHost } from '../../remote/taken-host.ts'
import { Experiment } from '../../scenario/experiment.ts'
import { demand } from '../../scenario/needs.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { demandUndoable } from '../../scenario/may-ask-hosts.ts'
import { settle } from '../../scenario/settle.ts'
import { BatchMarks } from '../../traffic/batch-marks.ts'
import { AMONG_OTHERS, Flows } from '../../traffic/flows.ts'
import { Prober } from '../../traffic/prober.ts'
import { Traffic } from '../../traffic/traffic.ts'
import { overNetwork } from '../../traffic/wire.ts'
import type { EvidenceFiles } from '../evidence-files.ts'
import type { WorkerMessage } from '../job.ts'
import type { ReadyGuest } from '../asked-guest.ts'
import type { CommandLogEntry } from '../../ssh/guest-shell.ts'
import type { Inventory } from '../../guest/inventory.ts'
import type { HostJob } from './host-job.ts'

/** A body that goes round one CPU after the other, and asks for several at once, has no meaning with fewer. */
const CPUS_MIN = 4

/**
 * Nobody knows what these irqs went through before: a move of then may not be over, and a request pending behind it. The first
 * interrupt ends that move, the second makes the one that is pending, the third ends that.
 */
const REST_HITS = 3
/** Far more than the jiffies that the vector of an old CPU is kept (arch/x86/kernel/apic/vector.c). */
const CLEANUP_MS = 60

/** What getting ready needs to know. */
export interface HostReadying {
  readonly scenario: Scenario
  readonly job: HostJob
  readonly limits: Limits
  readonly files: EvidenceFiles
  readonly tell: (message: WorkerMessage) => void
  readonly onCommand: (entry: CommandLogEntry) => void
  /** Hears of the release as soon as it is known. */
  readonly onInventory: (inventory: Inventory) => void
}

/** Makes it ready. The scope gives it back as it was. Throws `Trouble` and `NotApplicable`. */
export async function readyHost(readying: HostReadying, scope: Scope): Promise<ReadyGuest> {
  const { scenario, job, limits, files, tell, onCommand, onInventory } = readying
  demandUndoable(scenario)
  tell({ type: 'progress', words: `logging in to ${job.way.destination}` })
  const note = (words: string) => tell({ type: 'note', words })
  const host = await takeHost({ way: job.way, limits, onCommand, note }, scope)
  const { commands } = host
  const survey = await surveyHost(commands, host.address)
  const nic = chooseNic(survey.nics, job.nic, job.way.destination, true)
  const inventory = inventoryOf(survey, nic)
  onInventory(inventory)
  const states = await DescriptorStates.find(commands, 'asIs')
  const mayUse = usableCpus(survey)
  demandOf(scenario, inventory, states, mayUse.size)

  const irqs = inventory.nic.all.map(({ number }) => number)
  files.write('masks.journal', await host.keepMasks(irqs))
  await demandMovable(commands, irqs)
  const logMark = `irqlab ${randomBytes(6).toString('hex')}`
  // In their log for good: whoever looks later knows who it was.
  await commands.run(
    `echo "${logMark}: ${scenario.name} asks the irqs ${irqs.join(', ')} of ${nic.name}" >/dev/kmsg`,
  )
  const traceableFunctions = await startHostTracing(commands, {
    irqs,
    netInterface: nic.name,
    cpus: survey.cpus.possible.size,
  })

  const flows = new Flows(scope, '0.0.0.0', addressFor(nic, note), AMONG_OTHERS)
  const proberWith = (reader: IrqReader) =>
    new Prober(commands, reader, flows, new BatchMarks(commands), limits, overNetwork(nic.name))
  tell({ type: 'progress', words: 'bringing the irqs to rest' })
  const { rxQueues } = inventory.nic
  await proberWith(new IrqReader(commands, states, inventory, () => undefined)).discover(rxQueues, REST_HITS)
  await pause(CLEANUP_MS)
  await commands.run(`echo >${TRACEFS}/trace`)

  const reader = new IrqReader(commands, states, inventory, (raw) => files.keepReading(raw))
  const traffic = new Traffic(proberWith(reader), [])
  const experiment = new Experiment({
    commands,
    reader,
    states,
    traffic,
    limits,
    release: parseKernelRelease(inventory.release),
    onAct: (words) => tell({ type: 'progress', words }),
    log: (act: Act) => files.keepAct(act),
  })
  const stuck = await settle(experiment, rxQueues, mayUse)
  return {
    guest: { commands, loss: host.loss },
    inventory,
    experiment,
    traffic,
    states,
    watched: [],
    taken: () => reader.taken,
    traceableFunctions,
    stuck,
    ofOthers: { mayUse, logMark },
  }
}

/** A broadcast is answered by nobody; a datagram to a port where nobody listens is, with an ICMP message. */
function addressFor({ name, address = '', broadcast }: HostNic, note: (words: string) => void): string {
  if (broadcast !== undefined) return broadcast
  note(`${name} has no broadcast address: datagrams go to ${address}, and each may be answered`)
  return address
}

/** A driver may let the kernel manage its irqs: then nobody may write their masks (kernel/irq/manage.c:irq_can_set_affinity_usr). */
async function demandMovable(commands: GuestCommands, irqs: readonly number[]): Promise<void> {
  const output = await commands.run(
    irqs
      .map((irq) => {
        const file = `/proc/irq/${irq}/smp_affinity`
        return `read -r m <${file}; { echo $m >${file}; } 2>/dev/null || echo "unmovable ${irq}"`
      })
      .join('\n'),
  )
  const irq = /^unmovable (\d+)$/m.exec(output)?.[1]
  if (irq !== undefined)
    throw new NotApplicable('irqs that may be moved', `irq ${irq} refuses its own mask: it may not be moved`)
}

function demandOf(
  { name, machine, needs }: Scenario,
  inventory: Inventory,
  states: DescriptorStates,
  cpus: number,
): void {
  if (cpus < CPUS_MIN)
    throw new NotApplicable(
      `${CPUS_MIN} CPUs`,
      `${name} needs ${CPUS_MIN} CPUs that irqs may be sent to: this machine has ${cpus}`,
    )
  const { rxQueues } = inventory.nic
  // Of what its machine is made like, only how interrupts are sent is the question's own.
  demandMachine(
    { ...machineOf('plain'), name: machine.name, remapping: machine.remapping, apic: machine.apic },
    inventory.cpus,
    rxQueues.map(({ irq }) => irq.chip),
  )
  demand(needs, {
    rxQueues,
    devices: [],
    hasEffectiveAffinity: inventory.hasEffectiveAffinity,
    canReadPending: states.readable,
    canHotplug: false,
    canThreadNapi: false,
    canSuspendToIdle: false,
    canSilenceQueues: false,
    timer: undefined,
    onlineCpus: inventory.onlineCpus,
    cpus: inventory.cpus,
  })
}
