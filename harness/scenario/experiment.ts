/**
 * The acts of a scenario on one guest: request, hold, probe. Each act leaves evidence in its move; none of them judges.
 */
import { assert } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import { writeAffinity, writeInARow } from '../guest/affinity.ts'
import { writeRaw } from '../guest/raw-write.ts'
import type { GuestCommands } from '../guest/commands.ts'
import type { DescriptorStates } from '../guest/descriptor-states.ts'
import { foreignWrites } from '../guest/foreign-writes.ts'
import type { IrqReader } from '../guest/irq-reader.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'
import { TRACEFS } from '../guest/tracefs.ts'
import type { Act } from '../irq/act-log.ts'
import { actMarker } from '../irq/act-markers.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { type InputFile, predictInput } from '../irq/input.ts'
import { predictMove } from '../irq/irqchip.ts'
import type { KernelRelease } from '../irq/kernel-release.ts'
import type { Reading } from '../irq/reading.ts'
import type { FloodRate } from '../traffic/flood.ts'
import type { Discovery } from '../traffic/unheard.ts'
import type { Traffic } from '../traffic/traffic.ts'
import { Move } from './move.ts'
import { targetOf, writeAct } from './write-act.ts'

/** What the acts are carried out with. */
export interface ExperimentParts {
  readonly commands: GuestCommands
  readonly reader: IrqReader
  readonly states: DescriptorStates
  readonly traffic: Traffic
  readonly limits: Limits
  readonly release: KernelRelease
  /** Told of every act in a few words, for progress. */
  readonly onAct: (words: string) => void
  /** Keeps every act, when it is begun. */
  readonly log: (act: Act) => void
}

/** The acts on one guest, and the moves that they have made. */
export class Experiment {
  readonly #parts: ExperimentParts
  readonly #moves: Move[] = []
  /** The last request of each irq, by its number. */
  readonly #open = new Map<number, Move>()
  #lastId = 0

  constructor(parts: ExperimentParts) {
    this.#parts = parts
  }

  /** All requests so far, in order. */
  get moves(): readonly Move[] {
    return this.#moves
  }

  /** The body of the scenario begins. */
  begin(): void {
    this.#parts.log({ act: 'body' })
  }

  /** Runs a scenario's own shell text in the guest. */
  shell(text: string): Promise<string> {
    this.#parts.log({ act: 'shell', text })
    return this.#parts.commands.run(text)
  }

  async read(targets: readonly IrqWithStimulus[]): Promise<readonly Reading[]> {
    return this.#parts.reader.read(targets.map(({ irq }) => irq))
  }

  /** Where an irq is now: a look, not evidence. */
  async effective({ irq }: IrqWithStimulus): Promise<CpuMask> {
    return this.#parts.reader.effective(irq)
  }

  /** Writes one request. What it should do is predicted first. */
  async request(target: IrqWithStimulus, mask: CpuMask, form: 'list' | 'hex'): Promise<Move> {
    const { commands, reader, states, release, onAct } = this.#parts
    onAct(`writing ${mask.toList()} to irq ${target.irq.number} (${target.name})`)
    const prediction = predictMove(target.irq.chip, release, target.flow)
    const id = this.#nextId()
    const request = { id, irq: target.irq, mask, form, expect: prediction.kind }
    this.#parts.log(writeAct(target, request))
    const written = await writeAffinity(commands, reader, states, request)
    this.#parts.log({ act: 'written', id, from: written.before.effective.toList() })
    return this.#opened(new Move({ id, target, prediction, ...written }))
  }

  /**
   * Takes down what somebody else writes to these irqs because of an act, each as a move: with its mask where that is
   * predicted, else as it comes (undefined where none comes). What it should do is predicted first. `end` ends what the act
   * began; `by` is the process that will write, where only that one's writes are meant. See guest/foreign-writes.ts.
   */
  async adopt(
    targets: readonly IrqWithStimulus[],
    masks: readonly (CpuMask | undefined)[],
    act: () => Promise<void>,
    { end, by }: { readonly end?: (() => Promise<void>) | undefined; readonly by?: string } = {},
  ): Promise<readonly (Move | undefined)[]> {
    const { commands: guest, reader, states, limits, release, onAct } = this.#parts
    onAct(`waiting for writes to ${targets.map(({ name }) => name).join(', ')}`)
    this.#parts.log({ act: 'adopt', targets: targets.map(targetOf) })
    const ids = targets.map(() => this.#nextId())
    const predictions = targets.map(({ irq, flow }) => predictMove(irq.chip, release, flow))
    const expected = targets.map(({ irq }, at) => ({
      id: ids[at] ?? 0,
      irq,
      mask: masks[at],
      ...(by === undefined ? {} : { by }),
      expect: predictions[at]?.kind ?? ('unknown' as const),
    }))
    const written = await foreignWrites({ guest, reader, states, limits }, expected, act, end)
    return targets.map((target, at) => {
      const [one, prediction, id] = [written[at], predictions[at], expected[at]?.id]
      return one === undefined || prediction === undefined || id === undefined
        ? undefined
        : this.#opened(new Move({ id, target, prediction, ...one }))
    })
  }

  #nextId(): number {
    return ++this.#lastId
  }

  #opened(move: Move): Move {
    const { number } = move.target.irq
    this.#open.get(number)?.replaceBy(move.id)
    this.#open.set(number, move)
    this.#moves.push(move)
    return move
  }

  /** Writes any text to a file of the irq. What must become of it is predicted first; a refusal ends no request. */
  async write(target: IrqWithStimulus, file: InputFile, text: string): Promise<Move> {
    const { commands, reader, states, release, onAct } = this.#parts
    const { irq } = target
    onAct(`writing ${JSON.stringify(text.slice(0, 20))} to ${file} of irq ${irq.number} (${target.name})`)
    const cpus = await readCpus(commands)
    const prediction = predictInput(file, text, {
      release,
      ...cpus,
      unmovable: target.unmovable === true,
    })
    const requested = 'mask' in prediction ? prediction.mask : CpuMask.of()
    const id = this.#nextId()
    this.#parts.log({
      act: 'write',
      id,
      irq: irq.number,
      ...targetOf(target),
      file,
      text,
      ...('mask' in prediction ? { requested: prediction.mask.toList() } : {}),
    })
    const written = await writeRaw(commands, reader, states, { id, irq, file, text, prediction, requested })
    const move = new Move({ id, target, prediction: predictMove(irq.chip, release, target.flow), ...written })
    if ('mask' in prediction && file !== 'default_smp_affinity') {
      this.#open.get(irq.number)?.replaceBy(id)
      this.#open.set(irq.number, move)
    }
    this.#moves.push(move)
    return move
  }

  /** Writes these masks one right after the other, in one command: microseconds apart. Gives the last request. */
  async requestInARow(target: IrqWithStimulus, masks: readonly [CpuMask, ...CpuMask[]]): Promise<Move> {
    const { commands, reader, states, release, onAct } = this.#parts
    onAct(
      `writing ${masks.map((mask) => mask.toList()).join(', then ')} to irq ${target.irq.number} (${target.name})`,
    )
    const prediction = predictMove(target.irq.chip, release, target.flow)
    const request = (mask: CpuMask) => ({
      id: this.#nextId(),
      irq: target.irq,
      mask,
      form: 'list' as const,
      expect: prediction.kind,
    })
    const [first, ...others] = masks
    const all = [request(first), ...others.map((mask) => request(mask))] as const
    all.forEach((one, at) => this.#parts.log(writeAct(target, one, at > 0)))
    const moves = (await writeInARow(commands, reader, states, all)).map((written, at) => {
      const id = all[at]?.id
      assert(id !== undefined, 'one answer for each request')
      return new Move({ id, target, prediction, ...written })
    })
    for (const move of moves) {
      this.#open.get(target.irq.number)?.replaceBy(move.id)
      this.#open.set(target.irq.number, move)
    }
    this.#moves.push(...moves)
    const last = moves.at(-1)
    assert(last !== undefined, 'a request was made')
    return last
  }

  /** Holds still on the moves' irqs for at least `seconds` while `neighbours` does its work elsewhere. */
  async hold(
    moves: readonly Move[],
    seconds: number,
    stir: () => Promise<
      readonly { readonly queue: string; readonly before: Reading; readonly after: Reading }[]
    >,
  ): Promise<void> {
    const { reader, onAct } = this.#parts
    onAct(`holding ${moves.map(({ target }) => target.name).join(', ')} for ${seconds} s`)
    const irqs = moves.map(({ target }) => target.irq)
    const ids = moves.map(({ id }) => id)
    this.#parts.log({ act: 'hold', ids, seconds })
    const marks = (verb: 'hold' | 'hold-end') =>
      moves
        .map((move) => markCommand(actMarker(verb, { id: move.id, irq: move.target.irq.number })))
        .join('\n')
    const began = await reader.read(irqs, marks('hold'))
    const started = performance.now()
    const neighbours = await stir()
    // The guest's clock may run a little apart from ours: the law measures by the guest's.
    const leftMs = seconds * 1010 - (performance.now() - started)
    if (leftMs > 0) await pause(leftMs)
    this.#parts.log({ act: 'held', ids })
    // Readings first, so that nothing between them and the mark goes unseen.
    const ended = await reader.read(irqs)
    await this.#parts.commands.run(marks('hold-end'))
    moves.forEach((move, at) => {
      const [first, last] = [began[at], ended[at]]
      assert(first !== undefined && last !== undefined, 'one reading for each move')
      move.addHold({ seconds, began: first, ended: last, neighbours })
    })
  }

  /** Fires each irq `count` times, one interrupt a probe; see `Prober.probe` for `until`. */
  async probe(
    targets: readonly IrqWithStimulus[],
    count: number,
    until: 'received' | 'counted' = 'received',
  ): Promise<void> {
    this.#parts.onAct(
      `probing ${targets.map(({ name }) => name).join(', ')}${count > 1 ? ` ${count} times` : ''}`,
    )
    this.#parts.log({ act: 'probe', targets: targets.map(targetOf), count })
    for (const { target, batch } of await this.#parts.traffic.probe(targets, count, until)) {
      this.#open.get(target.irq.number)?.addBatch(batch)
    }
  }

  /** Fires a device once after an act, such as the guest's falling asleep: what comes of it belongs to its last request. */
  async probeAfter(target: IrqWithStimulus, act: () => Promise<void>): Promise<void> {
    this.#parts.onAct(`probing ${target.name} in its sleep`)
    this.#parts.log({ act: 'probe', targets: [targetOf(target)], count: 1 })
    const { batch } = await this.#parts.traffic.probeAfter(target, act)
    this.#open.get(target.irq.number)?.addBatch(batch)
  }

  /** Floods a queue, or reads a disk, while `acts` are done; what was sent is evidence of the request that is open when they are over. */
  async flood<T>(target: IrqWithStimulus, rate: FloodRate, acts: () => Promise<T>): Promise<T> {
    this.#parts.onAct(`flooding ${target.name}`)
    this.#parts.log({ act: 'flood', targets: [targetOf(target)] })
    const { batch, given } = await this.#parts.traffic.flood(target, rate, acts)
    this.#open.get(target.irq.number)?.addBatch(batch)
    return given
  }

  /** Learns the flows; every datagram is a probe of the queue it hits. Gives the queues that the guest never heard. */
  async discover(...asked: Parameters<Traffic['discover']>): Promise<Omit<Discovery, 'results'>> {
    this.#parts.onAct('learning which flow reaches which queue')
    const { results, ...found } = await this.#parts.traffic.discover(...asked)
    for (const { target, batch } of results) {
      // Only now is known which queue each datagram came to.
      this.#parts.log({ act: 'probe', targets: [targetOf(target)], count: batch.sent.length })
      this.#open.get(target.irq.number)?.addBatch(batch)
    }
    return found
  }
}

/** How many CPUs the kernel reckons with, and which are online now. */
async function readCpus(guest: GuestCommands): Promise<{ readonly cpus: number; readonly online: CpuMask }> {
  const sys = '/sys/devices/system/cpu'
  const text = await guest.check(`read -r p <${sys}/possible; read -r o <${sys}/online; echo "$p $o"`)
  const [possible = '', online = ''] = text.trim().split(' ')
  return { cpus: (CpuMask.fromList(possible).cpus.at(-1) ?? 0) + 1, online: CpuMask.fromList(online) }
}

function markCommand(marker: string): string {
  return `echo '${marker}' >${TRACEFS}/trace_marker`
}
