/** Which NICs has this machine whose queues can be told apart, and which of them is asked? Never the one that carries us, unless named. */
import { UsageError } from '../base/errors.ts'
import type { RxQueue } from '../guest/irq-with-stimulus.ts'
import type { Irq } from '../irq/irq.ts'
import { rxQueueIndex } from '../irq/rx-queue-name.ts'
import type { InterruptTable } from '../irq/proc-interrupts.ts'

/** As many queues as are asked: a machine with a hundred would be asked for an hour. */
export const QUEUES_MAX = 8

/** A NIC with an irq for each of several rx queues. */
export interface HostNic {
  readonly name: string
  readonly driver: string
  /** Our ssh comes by it. */
  readonly carriesUs: boolean
  /** Its first IPv4 address, and the broadcast address of that network where it has one. */
  readonly address: string | undefined
  readonly broadcast: string | undefined
  readonly rxQueues: readonly RxQueue[]
}

/**
 * Shell text: `nic IF DRIVER`, `msi IF IRQ CHIP` for each vector, and `address IF INET BROADCAST`. virtio has its vectors one
 * level above its device.
 */
export const NICS_COMMAND = [
  'for n in /sys/class/net/*; do [ -e $n/device ] || continue; i=${n##*/}',
  // virtio_net is the driver of the device on the virtio bus, and its parent the PCI device.
  'v=$(readlink -f $n/device/driver) || v=-; echo "nic $i ${v##*/}"',
  'for m in $n/device/msi_irqs $n/device/../msi_irqs; do [ -d $m ] || continue; for q in $m/*; do',
  'q=${q##*/}; read -r c </sys/kernel/irq/$q/chip_name && echo "msi $i $q $c"; done; break; done; done',
  `ip -o -4 addr show 2>/dev/null | while read -r x i f a rest; do
b=-; case " $rest " in *" brd "*) b=\${rest#*brd }; b=\${b%% *};; esac; echo "address \${i%%@*} \${a%%/*} $b"; done`,
].join('\n')

/** The NICs with several queues; `reached` is the address that our connection goes to. */
export function hostNics(
  output: string,
  interrupts: InterruptTable,
  reached: string | undefined,
): readonly HostNic[] {
  const addresses = [...output.matchAll(/^address (\S+) (\S+) (\S+)$/gm)]
  return [...output.matchAll(/^nic (\S+) (\S+)$/gm)].flatMap(([, name = '', driver = '']) => {
    const chips = [...output.matchAll(new RegExp(`^msi ${escaped(name)} (\\d+) (.+)$`, 'gm'))]
    const irqs = chips.flatMap(([, number, chip = '']): readonly Irq[] => {
      const row = interrupts.rows.get(Number(number))
      return row === undefined ? [] : [{ ...row.irq, chip }]
    })
    const rxQueues = queuesOf(irqs)
    const own = addresses.filter(([, of]) => of === name)
    const [, , address, broadcast] = own[0] ?? []
    if (rxQueues.length < 2) return []
    return [
      {
        name,
        driver,
        carriesUs: reached !== undefined && own.some(([, , of]) => of === reached),
        address,
        broadcast: broadcast === '-' || broadcast === '0.0.0.0' ? undefined : broadcast,
        rxQueues,
      },
    ]
  })
}

function queuesOf(irqs: readonly Irq[]): readonly RxQueue[] {
  const found = new Map<number, RxQueue>()
  for (const irq of irqs) {
    const index = rxQueueIndex(irq.action)
    // Two irqs of one number: this name does not mean what we think.
    if (index === undefined) continue
    if (found.has(index)) return []
    found.set(index, { name: `rx.${index}`, irq, stimulus: { kind: 'datagram', queueIndex: index } })
  }
  return [...found.values()].toSorted((a, b) => Number(a.stimulus.queueIndex) - Number(b.stimulus.queueIndex))
}

/**
 * The NIC that is asked: the one that was named, else the only one that does not carry us. Throws `UsageError` that lists what
 * there is.
 */
export function chooseNic(
  nics: readonly HostNic[],
  asked: string | undefined,
  destination: string,
  isReachedKnown: boolean,
): HostNic {
  if (asked !== undefined) {
    const nic = nics.find(({ name }) => name === asked)
    if (nic !== undefined) return withAddress(nic, destination)
    throw new UsageError(
      `--host-nic ${asked}: ${destination} has no such NIC with several rx queues that have an irq each; ${listed(nics)}`,
    )
  }
  const others = nics.filter(({ carriesUs }) => !carriesUs)
  const [only] = others
  if (only !== undefined && others.length === 1 && isReachedKnown) return withAddress(only, destination)
  const why =
    nics.length === 0
      ? `${destination} has no NIC with several rx queues that have an irq each`
      : !isReachedKnown
        ? `which NIC of ${destination} carries our own ssh cannot be told; give --host-nic; ${listed(nics)}`
        : others.length === 0
          ? `the only such NIC of ${destination} carries our own ssh; --host-nic ${nics[0]?.name} asks it all the same; ${listed(nics)}`
          : `${destination} has several NICs that could be asked; give --host-nic; ${listed(nics)}`
  throw new UsageError(why)
}

function withAddress(nic: HostNic, destination: string): HostNic {
  if (nic.address !== undefined) return nic
  throw new UsageError(
    `--host-nic ${nic.name}: this NIC of ${destination} has no IPv4 address that datagrams could be sent to`,
  )
}

function listed(nics: readonly HostNic[]): string {
  if (nics.length === 0) return 'it has none'
  return `there are ${nics
    .map(
      ({ name, driver, rxQueues, address, carriesUs }) =>
        `${name} (${driver}, ${rxQueues.length} rx queues, ${address ?? 'no address'}${carriesUs ? ', carries our ssh' : ''})`,
    )
    .join(', ')}`
}

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
