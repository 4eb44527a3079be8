/**
 * A guest that is ready for a scenario's body: started from a snapshot where there is one, else booted, traced, settled,
 * and put aside for later runs. Both ways end in the same place.
 */
import { rmSync } from 'node:fs'
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { Scope } from '../base/scope.ts'
import { TEST_INTERFACE } from '../guest/addresses.ts'
import { restartBalancer } from '../guest/balancers.ts'
import { DescriptorStates } from '../guest/descriptor-states.ts'
import type { PortName } from '../guest/device-names.ts'
import { setUpDevices } from '../guest/devices.ts'
import { bootGuest, type Guest, type GuestRequest } from '../guest/guest.ts'
import { type Inventory, readInventory } from '../guest/inventory.ts'
import { IrqReader } from '../guest/irq-reader.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'
import type { Machine } from '../guest/machine.ts'
import { demandMachine } from '../guest/machine-shortfall.ts'
import { putAside } from '../guest/put-aside.ts'
import { restoreGuest } from '../guest/restore.ts'
import { damaged, openSnapshot, type Snapshot } from '../guest/snapshot.ts'
import { startTracing } from '../guest/tracing.ts'
import { broadcastOf, testTap } from '../host/tap.ts'
import type { Act } from '../irq/act-log.ts'
import type { Irq } from '../irq/irq.ts'
import { isAtLeast, parseKernelRelease } from '../irq/kernel-release.ts'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import type { Reading } from '../irq/reading.ts'
import { Experiment } from '../scenario/experiment.ts'
import { demand, demandUntouched } from '../scenario/needs.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { settle } from '../scenario/settle.ts'
import { BatchMarks } from '../traffic/batch-marks.ts'
import { DeviceProber } from '../traffic/device-prober.ts'
import { firingOf } from '../traffic/firing.ts'
import { Flows } from '../traffic/flows.ts'
import { FrameProber } from '../traffic/frame-prober.ts'
import type { HostPort } from '../traffic/host-port.ts'
import { byLink } from '../traffic/link-firing.ts'
import { Prober } from '../traffic/prober.ts'
import { Traffic } from '../traffic/traffic.ts'
import type { ReadyGuest } from './asked-guest.ts'
import type { EvidenceFiles } from './evidence-files.ts'
import type { Job, WorkerMessage } from './job.ts'

/** What getting ready needs to know. */
export interface Readying {
  readonly scenario: Scenario
  readonly job: Job
  readonly request: GuestRequest
  /** Our ends of the ports that the machine has. */
  readonly ports: ReadonlyMap<PortName, HostPort>
  readonly limits: Limits
  readonly files: EvidenceFiles
  readonly tell: (message: WorkerMessage) => void
  /** Hears of the guest as soon as its shell answers. */
  readonly onGuest: (guest: Guest) => void
  /** Hears of the release as soon as it is known. */
  readonly onInventory: (inventory: Inventory) => void
}

/** Gives the guest. The scope ends it. Throws `Trouble`, `KernelFault`, and `NotApplicable` for an unmet need. */
export async function readyGuest(readying: Readying, scope: Scope): Promise<ReadyGuest> {
  return (await fromSnapshot(readying, scope)) ?? (await byBoot(readying, scope))
}

async function fromSnapshot(readying: Readying, scope: Scope): Promise<ReadyGuest | undefined> {
  const { tell } = readying
  const { snapshot: place } = readying.job
  if (place === undefined) return undefined
  const inner = new Scope()
  try {
    const snapshot = await openSnapshot(place.dir, place.key)
    if (snapshot === undefined) return undefined
    inner.onEnd('the open snapshot', () => snapshot.memory.close())

    const ready = await restored(readying, snapshot, inner)
    scope.onEnd('the guest from a snapshot', async () => {
      const [leak] = await inner.end()
      if (leak !== undefined) throw new Trouble('cleanup', `${leak.what}: ${leak.why}`)
    })
    tell({ type: 'start', how: 'warm', savedAt: snapshot.facts.savedAt })
    return ready
  } catch (error) {
    await inner.end()
    if (!(error instanceof Trouble)) throw error
    tell({ type: 'note', words: `the guest put aside cannot be used and goes: ${error.message}; booting` })
    rmSync(place.dir, { recursive: true, force: true })
    return undefined
  }
}

async function restored(readying: Readying, snapshot: Snapshot, scope: Scope): Promise<ReadyGuest> {
  const { scenario, job, request, files, onGuest, onInventory } = readying
  const guest = await restoreGuest({ ...request, qemuMajor: job.qemu.majorVersion }, snapshot, scope)
  files.write('boot-serial.log', snapshot.bootConsole)
  const inventory = await readInventory(guest.commands, job.machine)
  const states = await DescriptorStates.find(guest.commands)
  states.recall(snapshot.facts.stateOffsets)
  checkAsSaved(snapshot, inventory)
  demandMachine(job.machine, inventory.cpus, chipsOf(inventory))
  demand(scenario.needs, offerOf(job.machine, inventory, states))
  const { experiment, traffic, taken } = instruments(readying, guest, inventory, states, scope)
  if (scenario.settle) {
    const readings = await traffic.learn(inventory.nic.rxQueues)
    // What nobody may write was never written: its state was never looked for, and no request can wait.
    const movable = underTest(inventory).filter(({ unmovable }) => unmovable !== true)
    checkNothingPending(
      readings.filter((reading) => movable.some(({ irq }) => irq.number === reading.irq.number)),
      states,
    )
  }
  // Only now: a guest that is given up for a boot must not be asked why the boot failed.
  onGuest(guest)
  onInventory(inventory)
  return {
    guest,
    inventory,
    experiment,
    traffic,
    states,
    watched: besides(inventory),
    taken,
    stuck: [],
    traceableFunctions: new Set(snapshot.facts.traceableFunctions),
  }
}

async function byBoot(readying: Readying, scope: Scope): Promise<ReadyGuest> {
  const { scenario, job, request, limits, tell, onGuest, onInventory } = readying
  const { devices } = job.machine
  tell({ type: 'start', how: 'cold' })
  const guest = await bootGuest(request, scope)
  onGuest(guest)
  const { movedIn } = guest
  for (const words of movedIn.notes) tell({ type: 'note', words })
  demandUntouched(scenario, movedIn.writers)
  await setUpDevices(guest.commands, devices, limits)
  const inventory = await readInventory(guest.commands, job.machine, movedIn.managementInterface)
  onInventory(inventory)
  const states = await DescriptorStates.find(guest.commands)
  demandMachine(job.machine, inventory.cpus, chipsOf(inventory))
  demand(scenario.needs, offerOf(job.machine, inventory, states))
  const traceableFunctions = await startTracing(guest.commands, {
    irqs: [...inventory.nic.all, ...besides(inventory)].map(({ number }) => number),
    netInterface: TEST_INTERFACE,
  })
  const { experiment, traffic, taken } = instruments(readying, guest, inventory, states, scope)
  const stuck = scenario.settle ? await settle(experiment, underTest(inventory), inventory.onlineCpus) : []
  if (stuck.length === 0) await keep(readying, { guest, inventory, states, traceableFunctions })
  const restarted = await restartBalancer(guest.commands, job.guest.balancers)
  if (restarted !== undefined) tell({ type: 'note', words: restarted })
  const others = besides(inventory)
  return { guest, inventory, experiment, traffic, states, watched: others, taken, traceableFunctions, stuck }
}

/** Puts the guest aside if there is a place for it; that this failed is no reason to end the run. */
async function keep(
  { job, limits, tell }: Readying,
  parts: Pick<ReadyGuest, 'inventory' | 'traceableFunctions'> & {
    readonly guest: Guest
    readonly states: DescriptorStates
  },
): Promise<void> {
  const { guest, inventory, states, traceableFunctions } = parts
  const { snapshot: place } = job
  if (place?.partial === undefined || guest.console.fault !== undefined) return
  tell({ type: 'progress', words: 'putting the guest aside for later runs' })
  const { partial, dir, key, state } = place
  try {
    await putAside(
      guest,
      { partial, dir, qemuMajor: job.qemu.majorVersion },
      {
        key,
        state,
        traceableFunctions: [...traceableFunctions],
        stateOffsets: states.offsets,
        interrupts: watchedCounts(await guest.commands.check('cat /proc/interrupts'), inventory),
      },
      limits,
    )
  } catch (error) {
    if (!(error instanceof Trouble) || error.stage !== 'snapshot.save') throw error
    tell({ type: 'note', words: `this guest could not be put aside for later runs: ${error.message}` })
  }
}

/** The instruments of an experiment on this guest. */
function instruments(
  { job, limits, files, tell, ports }: Readying,
  { commands: guest, qmp }: Guest,
  inventory: Inventory,
  states: DescriptorStates,
  scope: Scope,
): Pick<ReadyGuest, 'experiment' | 'traffic' | 'taken'> {
  const reader = new IrqReader(guest, states, inventory, (raw) => files.keepReading(raw))
  const test = testTap(job.machine.nic.queuePairs)
  const flows = new Flows(scope, test.host.address, broadcastOf(test.host))
  const marks = new BatchMarks(guest)
  const traffic = new Traffic(
    new Prober(guest, reader, flows, marks, limits),
    inventory.devices.map(
      (device) => new DeviceProber(device, { guest, reader, marks, limits }, firingOf(device, guest, ports)),
    ),
    [
      ...inventory.nic.txQueues.map((queue) => new FrameProber(queue, { guest, reader, marks, limits })),
      ...[inventory.nic.config ?? []]
        .flat()
        .map((config) => new DeviceProber(config, { guest, reader, marks, limits }, byLink(guest, qmp))),
    ],
  )
  const onAct = (words: string) => tell({ type: 'progress', words })
  const release = parseKernelRelease(inventory.release)
  const log = (act: Act) => files.keepAct(act)
  const experiment = new Experiment({ commands: guest, reader, states, traffic, limits, release, onAct, log })
  return { traffic, experiment, taken: () => reader.taken }
}

function offerOf(machine: Machine, inventory: Inventory, states: DescriptorStates) {
  return {
    rxQueues: inventory.nic.rxQueues,
    devices: inventory.devices,
    hasEffectiveAffinity: inventory.hasEffectiveAffinity,
    canReadPending: states.readable,
    canHotplug: inventory.canHotplug,
    canThreadNapi: inventory.canThreadNapi,
    canSuspendToIdle: inventory.canSuspendToIdle,
    canSilenceQueues: !machine.nic.eventIdx || isAtLeast(parseKernelRelease(inventory.release), '5.14'),
    timer: inventory.timer,
    onlineCpus: inventory.onlineCpus,
    cpus: inventory.cpus,
  }
}

function chipsOf({ nic }: Inventory): readonly string[] {
  return nic.rxQueues.map(({ irq }) => irq.chip)
}

/** The irqs that the scenario can fire. */
export function underTest({ nic, devices }: Inventory): readonly IrqWithStimulus[] {
  return [...nic.rxQueues, ...devices]
}

/** The irqs that only we make fire: all of the NIC under test (config, rx and tx), and those of the devices. */
function watched({ nic, devices }: Inventory): readonly Irq[] {
  return [...nic.all, ...devices.map(({ irq }) => irq)]
}

/** What is traced beside the NIC under test: the devices, and the management NIC's rx queue as the neighbour of last resort. */
function besides({ devices, managementRx }: Inventory): readonly Irq[] {
  return [...devices.map(({ irq }) => irq), ...(managementRx === undefined ? [] : [managementRx.irq])]
}

/** The counters of the watched irqs by their number. */
function watchedCounts(interrupts: string, inventory: Inventory): Record<string, number[]> {
  const { rows } = parseInterrupts(interrupts)
  return Object.fromEntries(
    watched(inventory).map(({ number }) => [number, [...(rows.get(number)?.counts.values() ?? [])]]),
  )
}

/** A settled guest has nothing pending; where this kernel can show it, it has to be seen. */
function checkNothingPending(readings: readonly Reading[], states: DescriptorStates): void {
  for (const { irq, state } of readings) {
    if (state?.pending === true) throw damaged(`irq ${irq.number} has a request pending`)
    if (state === undefined && states.readable)
      throw damaged(`whether irq ${irq.number} has a request pending cannot be read`)
  }
}

/** No interrupt may come of the restore: all that is watched must show what it showed when it was put aside. */
function checkAsSaved({ facts }: Snapshot, inventory: Inventory): void {
  const now = watchedCounts(inventory.interrupts, inventory)
  for (const { number, action } of watched(inventory)) {
    const [saved, shown] = [facts.interrupts[number]?.join(), now[number]?.join()]
    if (saved === undefined || saved !== shown)
      throw damaged(
        `irq ${number} (${action}) counted ${saved} when it was saved, and ${shown} after the restore`,
      )
  }
}
