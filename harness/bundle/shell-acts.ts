/**
 * How does a guest do by itself what irqlab did to it? From the acts of a run to the lines of guest/acts.sh, or the reason
 * why there is no such way. Each receive queue is played by a NIC of its own: without a tap QEMU gives a NIC one queue.
 */
import type { Machine } from '../guest/machine.ts'
import type { Act } from '../irq/act-log.ts'
import type { RunRecord } from '../record/run-record.ts'
import { quoted } from './quote.ts'
import {
  isBalancing,
  isShellDevice,
  napOf,
  numberOf,
  obstacleIn,
  queuesOf,
  type ShellDevice,
} from './shell-obstacles.ts'

/** What the guest is told. */
export interface ShellActs {
  /** Numbers of the receive queues of the run, each a NIC here. */
  readonly queues: readonly number[]
  /** The device that bytes fire, if one does. */
  readonly device: ShellDevice | undefined
  /** The text of each file, by its name below guest/. */
  readonly files: Readonly<Record<'queues.sh' | 'acts.sh' | 'judge.sh', string>>
}

/** What is asked of the acts, where it is not what the run violated. */
export interface ShellQuestion {
  /** Lines of judge.sh. */
  readonly judge: readonly string[]
}

/** The acts as shell text, or why a shell cannot do them again. */
export function shellActs(
  record: Pick<RunRecord, 'verdicts' | 'guest'>,
  machine: Machine,
  acts: readonly Act[] | undefined,
  question?: ShellQuestion,
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
  const closed = closedBy(acts)
  const lines = acts.flatMap((act) => lineOf(act, from, closed))
  if (lines.length === 0) return { whyNot: 'nothing was written and nothing fired in this run' }
  const queues = names.filter((name) => !isShellDevice(name))
  const device = names.find(isShellDevice)
  return {
    queues: queues.map(numberOf),
    device,
    files: {
      'queues.sh': text([
        '# The receive queues of the run, each a NIC of its own here: its name, its number. And the device that bytes fire.',
        ...queues.map((name) => `queue ${quoted(name)} ${numberOf(name)}`),
        ...(device === undefined ? [] : [`device ${quoted(device)}`]),
      ]),
      'acts.sh': text([
        '# The acts of the run, in order. Changing them changes what is asked.',
        ...start,
        ...lines,
      ]),
      'judge.sh': text(
        question === undefined
          ? ['# What was violated in the run: law, queue, number of the write.', ...judgeLines(record, names)]
          : ['# What is looked for.', ...question.judge],
      ),
    },
  }
}

/** One for each verdict that was `violated`, if its queue is fired here. */
function judgeLines({ verdicts }: Pick<RunRecord, 'verdicts'>, names: readonly string[]): readonly string[] {
  const violated = verdicts.filter(({ state }) => state === 'violated')
  return violated.map(({ law, queue, move }) =>
    names.includes(queue)
      ? `judge ${quoted(law)} ${quoted(queue)} ${move}`
      : `say ${quoted(`not judged: ${law} on ${queue}, which is not fired here`)}; unknown=$((unknown + 1))`,
  )
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
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

/** The device whose handler is taken away: a mark has the number of its irq alone. */
function closedBy(acts: readonly Act[]): ReadonlyMap<string, string> {
  return new Map(acts.flatMap((act) => (act.act === 'write' ? [[String(act.irq), act.queue] as const] : [])))
}

function lineOf(
  act: Act,
  from: ReadonlyMap<number, string>,
  closed: ReadonlyMap<string, string>,
): readonly string[] {
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
      if (isBalancing(act)) {
        const { without } = act.fields
        return [without === undefined ? 'unbalance' : `balance ${quoted(without)}`]
      }
      if (act.verb === 'close' || act.verb === 'open')
        return [`handler ${quoted(closed.get(act.fields['irq'] ?? '') ?? 'ttyS1')} ${act.verb}`]
      return act.verb === 'offline' || act.verb === 'online'
        ? [`cpu ${Number(act.fields['cpu'])} ${act.verb === 'online' ? 1 : 0}`]
        : []
    case 'capture':
      return [`capture ${Math.ceil(act.seconds)}`]
    case 'captured':
      return ['captured']
    case 'shell':
      return [`sleep ${napOf(act.text) ?? 0}`]
    case 'adopt':
      return [`foreign ${act.targets.map(({ queue }) => quoted(queue)).join(' ')}`]
    case 'written':
    case 'flood':
    case 'body':
      return []
    default:
      return act satisfies never
  }
}
