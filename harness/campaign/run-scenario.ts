/** One run, inside its own namespaces: taps, guest, tracing, settling, the scenario's body, evidence, verdicts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { NotApplicable } from '../base/errors.ts'
import { type LimitName, Limits } from '../base/limits.ts'
import { Scope } from '../base/scope.ts'
import { demandDisk } from '../guest/disk-needs.ts'
import { demandDrivers } from '../guest/devices.ts'
import { type PortName, portsAmong, portSocket } from '../guest/device-names.ts'
import type { Guest } from '../guest/guest.ts'
import type { Inventory } from '../guest/inventory.ts'
import { demandHost, hostHasVhostNet } from '../guest/machine-obstacle.ts'
import { qemuArgv } from '../guest/qemu-args.ts'
import { isolate } from '../host/namespace.ts'
import { addTaps, managementTap, testTap } from '../host/tap.ts'
import { makeWorkdir } from '../host/workdir.ts'
import { actsInCommand } from '../irq/act-log.ts'
import { withoutHome } from '../base/without-home.ts'
import { parseKernelConfig } from '../image/kernel-config.ts'
import { patternsOf } from '../scenario/known-failure.ts'
import { demandOfMachine } from '../scenario/machine-needs.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { CommandLogEntry } from '../ssh/guest-shell.ts'
import { HostPort } from '../traffic/host-port.ts'
import { askScenario } from './ask-scenario.ts'
import { EvidenceFiles } from './evidence-files.ts'
import type { Job, WorkerMessage, WorkerResult } from './job.ts'
import { concludeFrom, concludeFromError, type Conclusion } from './outcome.ts'
import { qemuRequestOf } from './qemu-request.ts'
import { readyGuest } from './ready-guest.ts'
import { knownHere, type Progress } from './run-progress.ts'
import { unlessStarved } from './starved.ts'

const WORKDIR_MIB = 64

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

/** Throws `NotApplicable` for what the kernel's configuration says that it lacks. */
function demandKernel({ machine: { devices }, guest: { disk, flavour } }: Job, path: string): void {
  if (disk === undefined && devices.length === 0) return
  const config = parseKernelConfig(readFileSync(path, 'utf8'), path)
  if (disk !== undefined) demandDisk(flavour, config)
  demandDrivers(devices, config)
}

/** What of the host QEMU opens, and what we log in by. */
function filesOf({ bzImage, initrd, guest: { disk, login, initramfs } }: Job): readonly string[] {
  const agent = 'agent' in login.key ? login.key.agent : undefined
  return [bzImage, initrd, initramfs, disk?.path, agent].filter((path) => path !== undefined)
}

/** Writes what cloud-init is to find, and gives the directory; undefined where nothing is to be found. */
function seedIn(workdir: string, { guest: { login } }: Job): string | undefined {
  if (login.seed === undefined) return undefined
  const dir = `${workdir}/seed`
  mkdirSync(dir)
  for (const [name, text] of Object.entries(login.seed)) writeFileSync(`${dir}/${name}`, text)
  return dir
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
  demandOfMachine(scenario.needs, job.machine, job.append !== '' || job.qemuArgs.length > 0)
  if (job.kernelConfig !== undefined) demandKernel(job, job.kernelConfig)
  const workdir = await makeWorkdir(
    scope,
    await isolate({
      sizeMiB: WORKDIR_MIB,
      visible: [
        job.evidenceDir,
        ...filesOf(job),
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
  const seed = seedIn(workdir, job)
  const argv = qemuArgv({
    ...qemuRequestOf(job),
    qmpSocket,
    ...(seed === undefined ? {} : { seedDir: seed }),
  })
  tell({ type: 'qemu', argv })
  files.write('qemu.argv', withoutHome(`${argv.join('\n')}\n`))
  const request = {
    argv,
    qmpSocket,
    image: job.guest,
    evidenceDir: job.evidenceDir,
    limits,
    emulated: job.accel === 'tcg',
    declared: () => [...patternsOf(knownHere(scenario, known)), ...known.provoked()],
    onStage: (stage: LimitName) => tell({ type: 'stage', stage }),
    onCommand: (entry: CommandLogEntry) => {
      files.append('ssh.jsonl', `${JSON.stringify(entry)}\n`)
      for (const act of actsInCommand(entry.command)) files.keepAct(act)
    },
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
    await askScenario(await readyGuest(readying, scope), { scenario, job, tell, known, limits, files })
  } catch (error) {
    throw error instanceof NotApplicable || guest === undefined ? error : await guest.diagnose(error)
  }
}
