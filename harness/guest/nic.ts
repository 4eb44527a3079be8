/** The NIC under test as the guest sees it: which irq serves which queue, told by two sources that must agree. */
import { Trouble } from '../base/errors.ts'
import type { Irq } from '../irq/irq.ts'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import { type NicQueues, queuesOf } from './nic-queues.ts'

/** Stands before the table, so that everything comes in one answer. */
const TABLE_MARK = 'irqlab-interrupts'

/** The irqs of one NIC, and the queues they serve. */
export interface NicIrqs extends NicQueues {
  /** All irqs of the device, config and tx included. */
  readonly all: readonly Irq[]
}

/** What `NIC_IRQS_COMMAND` printed of some interfaces, and the table that it was read from. */
export interface NicTable {
  /** The whole /proc/interrupts, raw. */
  readonly interrupts: string
  /** The irqs of one of the interfaces asked for. Throws `Trouble` where two sources disagree, or there is no such device. */
  readonly of: (netInterface: string) => NicIrqs
}

/**
 * Shell text, builtins but for one `cat`: `device IF NAME`, `msi IF IRQ CHIP` for each vector of the device, then the
 * whole table.
 */
export function nicIrqsCommand(netInterfaces: readonly string[]): string {
  return [
    ...netInterfaces.map(
      (name) =>
        // Not `exit`: this is the one shell of the run.
        `cd /sys/class/net/${name}/device && { d=$(pwd -P); echo "device ${name} \${d##*/}"; for n in ../msi_irqs/*; do n=\${n##*/}; read -r c </sys/kernel/irq/$n/chip_name && echo "msi ${name} $n $c"; done; }`,
    ),
    `cd /; echo ${TABLE_MARK}; cat /proc/interrupts`,
  ].join('\n')
}

/**
 * Maps irqs to queues of the devices behind network interfaces: /sys/class/net/IF/device/../msi_irqs says which irqs
 * are a device's, the action names in /proc/interrupts say what each one serves.
 */
export function parseNicTable(output: string): NicTable {
  const [head = '', interrupts = ''] = output.split(`${TABLE_MARK}\n`)
  const text = interrupts.endsWith('\n') ? interrupts : `${interrupts}\n`
  return { interrupts: text, of: (netInterface) => irqsOf(netInterface, head, text) }
}

function irqsOf(netInterface: string, head: string, text: string): NicIrqs {
  const device = new RegExp(`^device ${netInterface} (\\S+)$`, 'm').exec(head)?.[1]
  if (device === undefined) throw new Trouble('guest.nic', `The guest has no ${netInterface}: ${head.trim()}`)
  const chips = new Map(
    [...head.matchAll(new RegExp(`^msi ${netInterface} (\\d+) (.+)$`, 'gm'))].map(([, irq, chip = '']) => [
      Number(irq),
      chip,
    ]),
  )
  const rows = parseInterrupts(text).rows
  const mine = [...rows.values()]
    .filter(({ irq }) => irq.action.startsWith(`${device}-`))
    .map(({ irq }) => irq)
  // A vector that nobody asked for has no row; a row that is not the device's is a wrong guess of ours.
  const all = mine.map((irq) => {
    const chip = chips.get(irq.number)
    if (chip !== undefined) return { ...irq, chip }
    throw new Trouble('guest.nic', `irq ${irq.number} is named ${irq.action}, but is no irq of ${device}`)
  })
  return { ...queuesOf(all), all }
}
