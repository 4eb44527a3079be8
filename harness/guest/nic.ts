/** The NIC under test as the guest sees it: which irq serves which queue, told by two sources that must agree. */
import { Trouble } from '../base/errors.ts'
import { parseQueueName } from '../irq/irq.ts'
import type { Irq } from '../irq/irq.ts'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import type { GuestCommands } from './commands.ts'

/** One rx queue and the irq that serves it. */
export interface RxQueue {
  /** `input.0` */
  readonly name: string
  /** The first is 0. */
  readonly index: number
  readonly irq: Irq
}

/** The irqs of one NIC, and the queues they serve. */
export interface NicIrqs {
  readonly rxQueues: readonly RxQueue[]
  /** All irqs of the device, config and tx included. */
  readonly all: readonly Irq[]
  /** The whole /proc/interrupts that the map was read from, raw. */
  readonly interrupts: string
}

/**
 * Maps irqs to queues of the device behind a network interface: /sys/class/net/IF/device/../msi_irqs says which irqs
 * are the device's, the action names in /proc/interrupts say what each one serves. A disagreement is `Trouble`.
 */
export async function readNicIrqs(guest: GuestCommands, netInterface: string): Promise<NicIrqs> {
  const marker = 'irqlab-interrupts'
  const output = await guest.check(
    `cd /sys/class/net/${netInterface}/device && echo $(basename $(pwd -P)) $(ls ../msi_irqs) && echo ${marker} && cat /proc/interrupts`,
  )
  const [head = '', interrupts = ''] = output.split(`${marker}\n`)
  const [device = '', ...numbers] = head.trim().split(/\s+/)
  const text = interrupts.endsWith('\n') ? interrupts : `${interrupts}\n`
  const rows = parseInterrupts(text).rows
  const mine = [...rows.values()]
    .filter(({ irq }) => irq.action.startsWith(`${device}-`))
    .map(({ irq }) => irq)
  // A vector that nobody asked for has no row; a row that is not the device's is a wrong guess of ours.
  const stranger = mine.find(({ number }) => !numbers.includes(String(number)))
  if (stranger !== undefined) {
    throw new Trouble(
      'guest.nic',
      `irq ${stranger.number} is named ${stranger.action}, but is no irq of ${device}`,
    )
  }
  const all = await Promise.all(mine.map(async (irq) => ({ ...irq, chip: await chipName(guest, irq) })))
  const rxQueues = all.flatMap((irq) => {
    const role = parseQueueName(irq.action)
    return role?.role === 'rx' ? [{ name: role.queue, index: role.index, irq }] : []
  })
  return { rxQueues: rxQueues.sort((a, b) => a.index - b.index), all, interrupts: text }
}

/** /sys/kernel/irq/N/chip_name: the irqchip without the columns of /proc/interrupts around it. */
async function chipName(guest: GuestCommands, irq: Irq): Promise<string> {
  return (await guest.check(`cat /sys/kernel/irq/${irq.number}/chip_name`)).trim()
}
