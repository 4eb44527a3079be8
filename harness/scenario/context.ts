/** What a scenario's body is given: the irqs under test, traffic, holds, checks and seeded choices. */
import { pause } from '../base/poll.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import { type DeviceName, isDeviceName } from '../guest/device-names.ts'
import type { Handler } from '../guest/handler.ts'
import type { Irq } from '../irq/irq.ts'
import type { IrqWithStimulus, RxQueue } from '../guest/irq-with-stimulus.ts'
import type { NicIrqs } from '../guest/nic.ts'
import type { NapiDeferral } from '../guest/napi-deferral.ts'
import { type Check, type Claim, claimsInto } from './check.ts'
import type { CpuArrangement, Cpus } from './cpus.ts'
import type { Balancer, Driver } from './driver.ts'
import type { Experiment } from './experiment.ts'
import { devicesOf, type IrqUnderTest, otherIrqsOf, underTest } from './irq-under-test.ts'
import type { Move } from './move.ts'
import { neverReached } from '../traffic/unheard.ts'
import type { Random } from './random.ts'
import type { Vectors } from './vectors.ts'

/** An rx queue of the NIC under test. */
export type QueueUnderTest = IrqUnderTest

/** Some queues, and beside them the others. */
export type Halves = readonly [readonly QueueUnderTest[], readonly QueueUnderTest[]]

/** What a scenario's body is given. */
export interface ScenarioContext {
  readonly nic: {
    readonly rxQueues: readonly QueueUnderTest[]
    /** Their irqs fire when the driver likes: a probe is one frame that the guest sends. */
    readonly txQueues: readonly IrqUnderTest[]
    /** Fires when the link changes; a probe is one change, down or up. */
    readonly config: IrqUnderTest
    /** Each queue once in the first place: half of them, and beside them the other half. */
    halves(): readonly [Halves, Halves]
    /** `input.NUMBER`. Throws `RangeError` where the NIC has no such queue. */
    rxQueue(number: number): QueueUnderTest
    /** All queues but this one. */
    neighboursOf(queue: QueueUnderTest): readonly QueueUnderTest[]
  }
  /** The devices that the scenario's machine declares. Throws `RangeError` for one that it does not. */
  readonly devices: Readonly<Record<DeviceName, IrqUnderTest>>
  /**
   * Holds still on the irqs of these moves for at least `seconds`, while neighbours fire and move in the same window.
   * `keepFiring` goes on probing the neighbours for the whole time. `by` are acts of the scenario's own that make the
   * neighbours fire and move: so the end of their moves and this hold share one window. `with` is an act that comes first,
   * and that these irqs must outlive.
   */
  readonly hold: (
    moves: readonly Move[],
    options: {
      readonly seconds: number
      readonly whileMoving: readonly IrqUnderTest[]
      readonly keepFiring?: boolean
      readonly by?: () => Promise<void>
      readonly with?: () => Promise<void>
    },
  ) => Promise<void>
  /** As `hold`, on a guest where no queue may fire yet: the management NIC is the neighbour that fires and moves. */
  readonly holdUntouched: (moves: readonly Move[], options: { readonly seconds: number }) => Promise<void>
  readonly traffic: {
    /**
     * Fires each irq `count` times (once unless said otherwise), one interrupt a probe, and waits until each was received; or
     * only until it was counted, where nobody takes it.
     */
    probe(
      targets: IrqUnderTest | readonly IrqUnderTest[],
      options?: { readonly count?: number; readonly until?: 'received' | 'counted' },
    ): Promise<void>
    /**
     * Floods a queue with datagrams while `acts` are done, and until at least `frames` (1000 unless said otherwise) are
     * sent; the acts probe no queue. Of a disk: reads it as fast as it goes. Each is told from its neighbours, and their
     * order is kept as evidence. Gives what the acts gave.
     */
    flood<T>(target: IrqUnderTest, acts: () => Promise<T>, options?: { readonly frames?: number }): Promise<T>
    /** Sends probes down unknown flows until every queue was hit `hits` times: a queue's first probe is its first hit. */
    discover(options: {
      readonly hits: number
      /** Those that are in use; all unless said otherwise. */
      readonly queues?: readonly QueueUnderTest[]
    }): Promise<void>
  }
  /** CPUs of the guest, taken offline and back; all are online again when the body ends. */
  readonly cpus: Cpus & CpuArrangement
  /** The driver of the NIC under test: what it can be told, and what it writes by itself. */
  readonly driver: Driver<IrqUnderTest>
  /** The real irqbalance, which is ended when the body ends. */
  readonly irqbalance: Balancer<IrqUnderTest>
  /** Lets a timer poll the queues of the NIC instead of their interrupts, from each queue's next interrupt on; undone in the end. */
  readonly napi: Pick<NapiDeferral, 'defer' | 'allow'>
  /** Vectors of the CPUs, taken so that none is left; all are given back when the body ends. */
  readonly vectors: Vectors
  /** What takes the handler of a device's irq away, and gives it one again: ttyS1 alone can be closed. */
  readonly handler: (device: IrqUnderTest) => Handler
  /** The irq of the timer, which nothing may move. Throws `RangeError` where there is none. */
  readonly timer: () => IrqUnderTest
  /** What irqs start on that are requested from now on; it is as it was when the body ends. */
  readonly irqDefault: { set(mask: CpuMask): Promise<void> }
  /**
   * Rounds of a scenario that can be drawn out: one, or as many as begin within `--soak SECONDS`. A round ends at rest, with
   * nothing pending and the last old vector freed: between two of them the guest's trace is put aside.
   */
  readonly rounds: () => AsyncIterable<number>
  readonly check: Check
  readonly random: Random
  /** Takes of the guest what `irqlab capture` takes of a machine, kept as evidence; `during` are acts between its two samples. */
  readonly capture: (options?: {
    readonly seconds?: number
    readonly during?: () => Promise<void>
  }) => Promise<void>
  /** Escape hatch: shell text in the guest, for what no act covers. */
  readonly sh: (script: string) => Promise<string>
}

/** What a context is made of. */
export interface ContextParts {
  readonly experiment: Experiment
  /** As they are now: acts on its driver may change them. */
  readonly nic: () => NicIrqs
  /** The devices that the machine has beside its NIC. */
  readonly devices: readonly IrqWithStimulus[]
  /** The rx queue of the management NIC: every command fires it. Undefined where there is none that we may write to. */
  readonly management: RxQueue | undefined
  readonly random: Random
  readonly claims: Claim[]
  /** Hears that what always holds is what the scenario asks. */
  readonly onAlways: () => void
  readonly cpus: Cpus
  readonly driver: Driver
  readonly irqbalance: Balancer
  readonly arrangement: CpuArrangement
  readonly irqDefault: ScenarioContext['irqDefault']
  readonly napi: NapiDeferral
  readonly vectors: Vectors
  readonly rounds: () => AsyncIterable<number>
  readonly timer: Irq | undefined
  readonly capture: ScenarioContext['capture']
  readonly handlerOf: (device: DeviceName) => Handler
}

const PAUSE_BETWEEN_FIRINGS_MS = 100
/** Slow enough for a guest under TCG to poll, return, and be interrupted again. */
const FLOOD_PER_SECOND = 1000
const FLOOD_FRAMES = 1000
/** What the guest's trace holds of one CPU, with all that each interrupt leaves there. */
const FLOOD_MAX = 12_000

/** Puts the pieces together into what a scenario sees. */
export function contextOf(parts: ContextParts): ScenarioContext {
  const { experiment, devices, random } = parts
  const queues = () => parts.nic().rxQueues.map((queue) => underTest(queue, experiment))
  const raw = (target: IrqUnderTest): IrqWithStimulus => {
    const nic = parts.nic()
    const found = [...nic.rxQueues, ...devices, ...otherIrqsOf(nic)].find(({ name }) => name === target.name)
    if (found === undefined) throw new RangeError(`${target.name} is not under test in this guest`)
    return found
  }
  const stir = (neighbours: readonly IrqWithStimulus[], keepFiringUntil: number) => async () => {
    const before = await experiment.read(neighbours)
    for (const [at, neighbour] of neighbours.entries()) {
      const from = before[at]
      if (from !== undefined)
        await experiment.request(neighbour, random.maskExcluding(from.effective), 'list')
    }
    do {
      // One at a time: on a busy host two at once may make one interrupt, and the move would not be over.
      await experiment.probe(neighbours, 1)
      await experiment.probe(neighbours, 1)
      if (performance.now() < keepFiringUntil) await pause(PAUSE_BETWEEN_FIRINGS_MS)
    } while (performance.now() < keepFiringUntil)
    return witnesses(neighbours, before, await experiment.read(neighbours))
  }
  const witnessing = (neighbours: readonly IrqWithStimulus[], acts: () => Promise<void>) => async () => {
    const before = await experiment.read(neighbours)
    await acts()
    return witnesses(neighbours, before, await experiment.read(neighbours))
  }
  return {
    nic: {
      get rxQueues() {
        return queues()
      },
      get txQueues() {
        return parts.nic().txQueues.map((queue) => underTest(queue, experiment))
      },
      get config() {
        const { config } = parts.nic()
        if (config === undefined) throw new RangeError('the NIC has no vector for link changes')
        return underTest(config, experiment)
      },
      halves: () => halvesOf(queues()),
      rxQueue: (number) => {
        const found = queues().find(({ name }) => name === `input.${number}`)
        if (found === undefined) throw new RangeError(`the NIC has no rx queue ${number}`)
        return found
      },
      neighboursOf: (queue) => queues().filter(({ name }) => name !== queue.name),
    },
    devices: devicesOf(devices.map((device) => underTest(device, experiment))),
    hold: (moves, { seconds, whileMoving, keepFiring = false, by, with: first }) => {
      const neighbours = whileMoving.map(raw)
      const until = keepFiring ? performance.now() + seconds * 1000 : 0
      const rest = by === undefined ? stir(neighbours, until) : witnessing(neighbours, by)
      return experiment.hold(moves, seconds, async () => {
        await first?.()
        return rest()
      })
    },
    holdUntouched: (moves, { seconds }) =>
      experiment.hold(moves, seconds, async () => {
        const { management } = parts
        if (management === undefined) throw new RangeError('there is no management NIC here')
        const neighbours = [management]
        const before = await experiment.read(neighbours)
        const from = before[0]
        if (from !== undefined)
          await experiment.request(management, random.maskExcluding(from.effective), 'list')
        // Two more commands: the first interrupt moves it, the next ones fire on the new CPU.
        await experiment.read(neighbours)
        return witnesses(neighbours, before, await experiment.read(neighbours))
      }),
    traffic: {
      probe: (target, options) =>
        experiment.probe(
          (Array.isArray(target) ? target : [target]).map(raw),
          options?.count ?? 1,
          options?.until,
        ),
      flood: (target, acts, options) =>
        experiment.flood(
          raw(target),
          { perSecond: FLOOD_PER_SECOND, framesMin: options?.frames ?? FLOOD_FRAMES, framesMax: FLOOD_MAX },
          acts,
        ),
      discover: async ({ hits, queues: chosen }) => {
        const wanted = parts
          .nic()
          .rxQueues.filter(({ name }) => chosen === undefined || chosen.some((queue) => queue.name === name))
        const { unheard } = await experiment.discover(wanted, hits)
        if (unheard !== undefined) throw neverReached(unheard.queues)
      },
    },
    cpus: cpusOf(parts),
    napi: parts.napi,
    driver: { ...parts.driver, sleep: ({ wokenBy }) => parts.driver.sleep({ wokenBy: raw(wokenBy) }) },
    irqbalance: {
      ...parts.irqbalance,
      writes: (targets, options) => parts.irqbalance.writes(targets.map(raw), options),
    },
    vectors: parts.vectors,
    timer: () => {
      if (parts.timer === undefined)
        throw new RangeError("this machine has no timer irq: needs: ['a timer irq']")
      return underTest(
        { name: 'timer', irq: parts.timer, stimulus: { kind: 'none' }, unmovable: true },
        experiment,
      )
    },
    handler: (device) => {
      if (!isDeviceName(device.name)) throw new RangeError(`${device.name} cannot be closed`)
      return parts.handlerOf(device.name)
    },
    irqDefault: parts.irqDefault,
    rounds: parts.rounds,
    capture: parts.capture,
    check: claimsInto(parts.claims, parts.onAlways),
    random,
    sh: (script) => experiment.shell(script),
  }
}

function cpusOf({ cpus, arrangement: { possible, nodes, isolated } }: ContextParts): Cpus & CpuArrangement {
  return {
    possible,
    nodes,
    isolated,
    offline: (cpu) => cpus.offline(cpu),
    online: (cpu) => cpus.online(cpu),
    add: () => cpus.add(),
    remove: (cpu) => cpus.remove(cpu),
  }
}

function halvesOf(all: readonly QueueUnderTest[]): readonly [Halves, Halves] {
  const middle = Math.ceil(all.length / 2)
  const [first, second] = [all.slice(0, middle), all.slice(middle)]
  return [
    [first, second],
    [second, first],
  ]
}

function witnesses<R>(queues: readonly IrqWithStimulus[], before: readonly R[], after: readonly R[]) {
  return queues.flatMap(({ name }, at) => {
    const [first, last] = [before[at], after[at]]
    return first === undefined || last === undefined ? [] : [{ queue: name, before: first, after: last }]
  })
}
