/** Why can a shell in the guest not do again what a run did? In words for a person; undefined where it can. */
import type { Machine } from '../guest/machine.ts'
import type { Act } from '../irq/act-log.ts'

/** Devices that the guest fires by itself: what it writes to another serial port comes to them. */
const SHELL_DEVICES = ['virtio-serial', 'ttyS1'] as const

/** One of them. */
export type ShellDevice = (typeof SHELL_DEVICES)[number]

/** More NICs than a root bus has room for beside the rest. */
const QUEUES_MAX = 24

/** True for the name of one. */
export function isShellDevice(name: string): name is ShellDevice {
  return (SHELL_DEVICES as readonly string[]).includes(name)
}

/** What an act writes to or fires, by name. */
export function queuesOf(act: Act): readonly string[] {
  if (act.act === 'write') return [act.queue]
  return act.act === 'probe' ? act.targets.map(({ queue }) => queue) : []
}

/** The number of a receive queue; NaN for anything else. */
export function numberOf(queue: string): number {
  return Number(/^input\.(\d{1,3})$/.exec(queue)?.[1] ?? NaN)
}

/** The seconds of a scenario's own shell text that only waits; undefined for any other. */
export function napOf(text: string): string | undefined {
  return /^sleep (\d{1,2}(?:\.\d{1,3})?)$/.exec(text)?.[1]
}

/** irqbalance is started or ended: the guest has the real one. */
export function isBalancing(act: Act): boolean {
  return act.act === 'mark' && act.verb === 'act' && act.fields['what'] === 'irqbalance'
}

/** In words for a person, what stands in the way. */
export function obstacleIn(machine: Machine, acts: readonly Act[]): string | undefined {
  if (machine.nic.vectors !== undefined)
    return 'the queues of this machine share vectors, and here each queue is a NIC of its own'
  for (const act of acts) {
    const why = obstacleOf(act, machine)
    if (why !== undefined) return why
  }
  if (acts.some(({ act }) => act === 'adopt') && !acts.some(isBalancing))
    return 'it waits for a write that a driver makes'
  const queues = new Set(acts.flatMap(queuesOf))
  const devices = [...queues].filter((name) => isShellDevice(name))
  if (devices.length > 1) return `${devices.join(' and ')} are fired by bytes, and here only one can be`
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
      const why = foreign(act)
      if (why !== undefined) return why
      if (act.fires === 'datagram' && Number.isNaN(numberOf(act.queue)))
        return `${act.queue} is no receive queue`
      if (act.inARow === true) return 'two writes were microseconds apart, in one command'
      const isPlain =
        act.requested !== undefined && /^[\x20-\x7e]{1,200}$/.test(act.text) && isOfOneIrq(act.file)
      return isPlain
        ? undefined
        : `write ${act.id} is no plain request: what it must do only irqlab can judge`
    }
    case 'probe': {
      return act.targets.map(foreign).find((why) => why !== undefined)
    }
    case 'adopt':
      return undefined
    case 'flood':
      return 'it floods a queue faster than a shell can'
    case 'shell':
      return napOf(act.text) === undefined ? 'its scenario runs shell text of its own' : undefined
    case 'mark':
      return obstacleOfMark(act.verb, act.fields, machine)
    case 'written':
    case 'hold':
    case 'held':
    case 'capture':
    case 'captured':
    case 'body':
      return undefined
    default:
      return act satisfies never
  }
}

/** What fires it, when that is nothing that a shell in the guest can do. */
function foreign({ queue, fires }: { readonly queue: string; readonly fires: Fires }): string | undefined {
  if (fires === 'datagram' || (fires === 'byte' && isShellDevice(queue))) return undefined
  return `${queue} is fired by ${FIRED_FROM_OUTSIDE[fires]}`
}

type Fires = Extract<Act, { act: 'write' }>['fires']

function isOfOneIrq(file: string): boolean {
  return file === 'smp_affinity' || file === 'smp_affinity_list'
}

function obstacleOfMark(
  verb: string,
  fields: Readonly<Record<string, string>>,
  machine: Machine,
): string | undefined {
  if (verb === 'act' && fields['what'] === 'irqbalance') return undefined
  if (verb === 'body-end' || verb === 'closing' || verb === 'close' || verb === 'open') return undefined
  if (verb !== 'offline' && verb !== 'online')
    return `it does more than write and fire: ${fields['what'] ?? verb}`
  const cpu = fields['cpu'] ?? ''
  return /^\d{1,3}$/.test(cpu) && Number(cpu) < machine.cpus ? undefined : `CPU ${cpu} is plugged in over QMP`
}
