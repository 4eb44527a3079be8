/** The devices behind the irqs of a stranger's report, as links.txt and devices.txt of a capture: from lspci, ethtool and the counters. */
import { linesOf, type Machine } from './machine.ts'
import { textsOf } from './report-irqs.ts'

/** The two texts. */
export interface DeviceTexts {
  readonly links: string
  readonly devices: string
}

const DEVICE_FILE = /^sys\/bus\/pci\/devices\/[^/]+\/(?:vendor|device|class|irq|numa_node)$/

/** Puts them together; what sysfs has itself comes first. */
export function deviceTexts(machine: Machine): DeviceTexts {
  const links = new Set(machine.names)
  const devices: string[] = [textsOf(machine, (path) => DEVICE_FILE.test(path))]
  for (const { address, ids, kind, driver } of lspci(machine)) {
    if (driver !== undefined) links.add(`sys/bus/pci/drivers/${driver}/${address}`)
    const dir = `sys/bus/pci/devices/${address}`
    if (machine.files.has(`${dir}/vendor`)) continue
    devices.push(`${dir}/vendor:0x${ids.slice(0, 4)}\n${dir}/device:0x${ids.slice(5)}\n`)
    if (kind !== undefined) devices.push(`${dir}/class:0x${kind}00\n`)
  }
  for (const [path, text] of machine.files) {
    const name = /^command\/ethtool_-i_([\w.@-]+)$/.exec(path)?.[1]
    if (name === undefined) continue
    const address = /^bus-info: ([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/m.exec(
      text.toString('latin1'),
    )?.[1]
    if (address !== undefined) links.add(`sys/bus/pci/devices/${address}/net/${name}`)
  }
  for (const [irq, address] of addressesOf(machine))
    links.add(`sys/bus/pci/devices/${address}/msi_irqs/${irq}`)
  return { links: [...links].map((path) => `${path}\n`).join(''), devices: devices.join('') }
}

interface ListedDevice {
  readonly address: string
  /** `1af4:1000` */
  readonly ids: string
  /** `0200`, of a network controller. */
  readonly kind: string | undefined
  readonly driver: string | undefined
}

/** `lspci -nn -k`, or more of it. Without -n there are no identifiers, and the device is passed over. */
function lspci({ files }: Machine): readonly ListedDevice[] {
  const text = files.get('command/lspci')?.toString('latin1') ?? ''
  return text.split(/^(?=(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] )/m).flatMap((part) => {
    const [, domain, slot, head = ''] =
      /^([0-9a-f]{4,8}:)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) (.*)/.exec(part) ?? []
    const ids = /\[([0-9a-f]{4}:[0-9a-f]{4})\]/.exec(head)?.[1]
    if (slot === undefined || ids === undefined) return []
    return [
      {
        address: `${domain ?? '0000:'}${slot}`,
        ids,
        kind: /\[([0-9a-f]{4})\]:/.exec(head)?.[1],
        driver: /^\s+Kernel driver in use: (\S+)/m.exec(part)?.[1],
      },
    ]
  })
}

/**
 * The device of an irq, from its row of /proc/interrupts. Since 6.2 the name of the irqchip has its address. Before, the hardware number of a
 * PCI irq had it: the place of the message in the low 11 bits, then the 16 bits of bus, slot and function, then the domain
 * (drivers/pci/msi.c:pci_msi_domain_calc_hwirq, 4.x to 6.1).
 */
function addressesOf({ files }: Machine): ReadonlyMap<number, string> {
  const addresses = new Map<number, string>()
  const text = files.get('proc/interrupts')
  if (text === undefined) return addresses
  for (const [line, tail] of rowEnds(text)) {
    const irq = /^ *(\d{1,7}):/.exec(line)?.[1]
    if (irq === undefined) continue
    const named = / (?:IR-)?PCI-MSIX?-([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) /.exec(tail)?.[1]
    const number = / (?:IR-)?PCI-MSI +(\d{4,15})-edge /.exec(tail)?.[1]
    const address = named ?? (number === undefined ? undefined : addressIn(Number(number)))
    if (address !== undefined) addresses.set(Number(irq), address)
  }
  return addresses
}

function addressIn(hwirq: number): string {
  const device = Math.floor(hwirq / 2 ** 11) % 2 ** 16
  const domain = Math.floor(hwirq / 2 ** 27)
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
  return `${hex(domain, 4)}:${hex(device >> 8, 2)}:${hex((device >> 3) & 31, 2)}.${device & 7}`
}

/** Beginning and end of each row: between them are the counts of up to 8,192 CPUs. */
function* rowEnds(text: Buffer): Generator<readonly [start: string, end: string]> {
  for (let start = 0; start < text.length;) {
    const next = text.indexOf('\n', start)
    const end = next === -1 ? text.length : next
    yield [
      text.toString('latin1', start, Math.min(end, start + 10)),
      text.toString('latin1', Math.max(start, end - END_MAX), end),
    ]
    start = end + 1
  }
}

const END_MAX = 200

/** How many channels each NIC has and could have, from `ethtool -l`: `ethtool -l eth0:combined 4 of 8`. */
export function channelsText({ files }: Machine): string {
  return [...files]
    .flatMap(([path, text]) => {
      const name = /^command\/ethtool_-l_([\w.@-]+)$/.exec(path)?.[1]
      if (name === undefined) return []
      const lines = linesOf(text)
      const middle = lines.findIndex((line) => line.startsWith('Current hardware settings'))
      const values = (some: readonly string[]) =>
        new Map(
          some.flatMap((line) =>
            [...line.matchAll(/^(RX|TX|Other|Combined):\s+(\d+)$/g)].map(([, kind = '', count = '']) => [
              kind,
              count,
            ]),
          ),
        )
      const [most, current] = [values(lines.slice(0, middle)), values(lines.slice(middle))]
      return [...current].map(
        ([kind, count]) =>
          `ethtool -l ${name}:${kind.toLowerCase()} ${count} of ${most.get(kind) ?? 'unknown'}\n`,
      )
    })
    .join('')
}
