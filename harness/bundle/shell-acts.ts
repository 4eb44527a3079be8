/**
 * How does a guest do by itself what irqlab did to it? From the acts of a run to the lines of guest/acts.sh, or the reason
 * why there is no such way. Each receive queue is played by a NIC of its own: without a tap QEMU gives a NIC one queue.
 */
import type { Machine } from '../guest/machine.ts'
import type { Act } from '../irq/act-log.ts'
import type { RunRecord } from '../record/run-record.ts'
import { quoted } from './quote.ts'

/** What the guest is told. */
export interface ShellActs {
  /** Numbers of the receive queues of the run, each a NIC here. */
  readonly queues: readonly number[]
  /** The text of each file, by its name below guest/. */
  readonly files: Readonly<Record<'queues.sh' | 'acts.sh' | 'judge.sh', string>>
}

/** More NICs than a root bus has room for beside the rest. */
const QUEUES_MAX = 24

/** The acts as shell text, or why a shell cannot do them again. */
export function shellActs(
  record: Pick<RunRecord, 'verdicts' | 'guest'>,
  machine: Machine,
  acts: readonly Act[] | undefined,
): ShellActs | { readonly whyNot: string } {
  const { flavour } = record.guest
  if (flavour !== 'micro')
    return { whyNot: `the guest was ${flavour}, and a shell alone has only the micro guest` }
  if (acts === undefined) return { whyNot: 'the acts of this run were not recorded: it has no acts.jsonl' }
  const whyNot = obstacleIn(machine, acts)
  if (whyNot !== undefined) return { whyNot }
  const names = [...new Set(acts.flatMap(queuesOf))].sort()
  const start = record.guest.start === 'warm' ? startLines(acts) : []
  const from = fromOf(acts)
  const lines = acts.flatMap((act) => lineOf(act, from))
  if (lines.length === 0) return { whyNot: 'nothing was written and nothing fired in this run' }
  const violated = record.verdicts.filter(({ state }) => state === 'violated')
  const judged = violated.map(({ law, queue, move }) =>
    names.includes(queue)
      ? `judge ${quoted(law)} ${quoted(queue)} ${move}`
      : `say ${quoted(`not judged: ${law} on ${queue}, which is not fired here`)}; unknown=$((unknown + 1))`,
  )
  return {
    queues: names.map(numberOf),
    files: {
      'queues.sh': text([
        '# The receive queues of the run, each a NIC of its own here: its name, its number.',
        ...names.map((name) => `queue ${quoted(name)} ${numberOf(name)}`),
      ]),
      'acts.sh': text([
        '# The acts of the run, in order. Changing them changes what is asked.',
        ...start,
        ...lines,
      ]),
      'judge.sh': text(['# What was violated in the run: law, queue, number of the write.', ...judged]),
    },
  }
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}

function queuesOf(act: Act): readonly string[] {
  if (act.act === 'write') return [act.queue]
  return act.act === 'probe' ? act.targets.map(({ queue }) => queue) : []
}

function numberOf(queue: string): number {
  return Number(/^input\.(\d{1,3})$/.exec(queue)?.[1] ?? NaN)
}

/** A guest from a snapshot was at rest already: where its irqs were, the first writes tell. */
function startLines(acts: readonly Act[]): readonly string[] {
  const from = fromOf(acts)
  const first = new Map<string, string>()
  for (const act of acts) {
    if (act.act === 'write' && !first.has(act.queue)) first.set(act.queue, from.get(act.id) ?? '')
  }
  return [...first].flatMap(([queue, cpu]) => (/^\d+$/.test(cpu) ? [`start ${quoted(queue)} ${cpu}`] : []))
}

/** Where the irq was before each write, by its number. */
function fromOf(acts: readonly Act[]): ReadonlyMap<number, string> {
  return new Map(acts.flatMap((act) => (act.act === 'written' ? [[act.id, act.from] as const] : [])))
}

function lineOf(act: Act, from: ReadonlyMap<number, string>): readonly string[] {
  switch (act.act) {
    case 'write':
      return [
        [
          `write ${act.id} ${quoted(act.queue)} ${quoted(act.file)}`,
          ...[act.requested ?? '', from.get(act.id) ?? '', act.text].map(quoted),
        ].join(' '),
      ]
    case 'probe':
      return [`probe ${act.count} ${act.targets.map(({ queue }) => quoted(queue)).join(' ')}`]
    case 'hold':
      return [`hold ${Math.ceil(act.seconds)} ${act.ids.join(' ')}`]
    case 'held':
      return [`held ${act.ids.join(' ')}`]
    case 'mark':
      return act.verb === 'offline' || act.verb === 'online'
        ? [`cpu ${Number(act.fields['cpu'])} ${act.verb === 'online' ? 1 : 0}`]
        : []
    case 'written':
    case 'adopt':
    case 'flood':
    case 'shell':
    case 'body':
      return []
    default:
      return act satisfies never
  }
}

/** In words for a person, what stands in the way. */
function obstacleIn(machine: Machine, acts: readonly Act[]): string | undefined {
  if (machine.nic.vectors !== undefined)
    return 'the queues of this machine share vectors, and here each queue is a NIC of its own'
  for (const act of acts) {
    const why = obstacleOf(act, machine)
    if (why !== undefined) return why
  }
  const queues = new Set(acts.flatMap(queuesOf))
  if (queues.size > QUEUES_MAX) return `${queues.size} queues are more NICs than fit on one bus`
  return undefined
}

const FIRED_FROM_OUTSIDE = {
  byte: 'a byte that irqlab writes to its port from outside',
  read: 'a read of a disk',
  link: 'its link, which irqlab takes down over QMP',
  frame: 'a frame that it sends itself',
  none: 'nothing that can be done from here',
} as const

function obstacleOf(act: Act, machine: Machine): string | undefined {
  switch (act.act) {
    case 'write': {
      if (act.fires !== 'datagram') return `${act.queue} is fired by ${FIRED_FROM_OUTSIDE[act.fires]}`
      if (Number.isNaN(numberOf(act.queue))) return `${act.queue} is no receive queue`
      if (act.inARow === true) return 'two writes were microseconds apart, in one command'
      const isPlain =
        act.requested !== undefined && /^[\x20-\x7e]{1,200}$/.test(act.text) && isOfOneIrq(act.file)
      return isPlain
        ? undefined
        : `write ${act.id} is no plain request: what it must do only irqlab can judge`
    }
    case 'probe': {
      const other = act.targets.find(({ fires }) => fires !== 'datagram')
      if (other !== undefined && other.fires !== 'datagram')
        return `${other.queue} is fired by ${FIRED_FROM_OUTSIDE[other.fires]}`
      return undefined
    }
    case 'adopt':
      return 'it waits for a write that a driver or irqbalance makes'
    case 'flood':
      return 'it floods a queue faster than a shell can'
    case 'shell':
      return 'its scenario runs shell text of its own'
    case 'mark':
      return obstacleOfMark(act.verb, act.fields, machine)
    case 'written':
    case 'hold':
    case 'held':
    case 'body':
      return undefined
    default:
      return act satisfies never
  }
}

function isOfOneIrq(file: string): boolean {
  return file === 'smp_affinity' || file === 'smp_affinity_list'
}

function obstacleOfMark(
  verb: string,
  fields: Readonly<Record<string, string>>,
  machine: Machine,
): string | undefined {
  if (verb === 'body-end' || verb === 'closing') return undefined
  if (verb !== 'offline' && verb !== 'online')
    return `it does more than write and fire: ${fields['what'] ?? verb}`
  const cpu = fields['cpu'] ?? ''
  return /^\d{1,3}$/.test(cpu) && Number(cpu) < machine.cpus ? undefined : `CPU ${cpu} is plugged in over QMP`
}
