/**
 * The devices under test beside the NIC, as the guest sees them: their drivers are loaded on demand, something keeps them
 * open and notes what arrives, and their irqs are found by two sources that must agree.
 */
import { NotApplicable, Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { poll } from '../base/poll.ts'
import type { KernelConfig } from '../image/kernel-config.ts'
import type { Stimulus } from '../irq/move-evidence.ts'
import { type InterruptTable, parseInterrupts } from '../irq/proc-interrupts.ts'
import type { GuestCommands } from './commands.ts'
import { INTX_PORT_NAME, SERIAL_PORT_NAME } from './device-args.ts'
import type { DeviceName } from './device-names.ts'
import type { IrqWithStimulus } from './irq-with-stimulus.ts'

/** A device under test in the guest. */
export interface TestDevice extends IrqWithStimulus {
  readonly name: DeviceName
  /** Its node in the guest's /dev. */
  readonly node: string
}

/** Ends when the host's side is not connected (drivers/char/virtio_console.c:port_fops_read): then it is opened again. */
const READ_PORT = 'while [ -e $node ]; do cat <$node; sleep 0.1; done'

function findPort(name: string): string {
  return `for p in /sys/class/virtio-ports/*; do n=; [ ! -r $p/name ] || read -r n <$p/name; [ "$n" != ${name} ] || node=/dev/\${p##*/}; done`
}

/** How a device is found and kept open. Shell text uses builtins where it can. */
interface DeviceKind {
  readonly stimulus: Stimulus
  /** As a skip names it. */
  readonly need: string
  /** Of its driver: what the kernel lacks where there is none. */
  readonly options: readonly string[]
  /** Shell condition: the kernel has the driver. */
  readonly driver: string
  /** Shell text that sets `node` to the device's node once it is there. */
  readonly findNode: string
  /** Shell text that sets `irqs` to the irqs that may be the device's; `node` is set. */
  readonly findIrqs: string
  /** The action name of its irq. Of several, the one with the highest hardware number. */
  readonly action: RegExp
  /** The kernel alone says where its irqs go: user space may not move them. */
  readonly managed?: true
  /** Shell text that copies what arrives to the standard output until the device ends; absent: nothing has to be open. */
  readonly reader?: string
}

const KINDS: Readonly<Record<DeviceName, DeviceKind>> = {
  'virtio-serial': {
    stimulus: { kind: 'byte' },
    need: 'a virtio-serial port',
    options: ['CONFIG_VIRTIO_CONSOLE'],
    driver: '[ -d /sys/bus/virtio/drivers/virtio_console ]',
    findNode: findPort(SERIAL_PORT_NAME),
    findIrqs:
      'for i in /sys/class/virtio-ports/${node##*/}/device/../msi_irqs/*; do irqs="$irqs ${i##*/}"; done',
    // Port 0 has an input of the same name; that of port 1 comes later in the MSI-X table (see device-args.ts).
    action: /^virtio\d+-input$/,
    reader: READ_PORT,
  },
  intx: {
    stimulus: { kind: 'byte' },
    need: 'a virtio-serial port without vectors',
    options: ['CONFIG_VIRTIO_CONSOLE'],
    driver: '[ -d /sys/bus/virtio/drivers/virtio_console ]',
    findNode: findPort(INTX_PORT_NAME),
    findIrqs: 'read -r irqs </sys/class/virtio-ports/${node##*/}/device/../irq',
    // One irq for the whole device, named after it alone (virtio_pci_common.c:vp_find_vqs_intx).
    action: /^virtio\d+$/,
    reader: READ_PORT,
  },
  ttyS1: {
    stimulus: { kind: 'byte' },
    need: 'a second serial port',
    options: ['CONFIG_SERIAL_8250_RUNTIME_UARTS of 2 or more'],
    driver: '[ -e /sys/class/tty/ttyS1/type ]',
    findNode: 'read -r n </sys/class/tty/ttyS1/type; [ "$n" = 0 ] || node=/dev/ttyS1',
    findIrqs: 'read -r irqs </sys/class/tty/ttyS1/irq',
    action: /^ttyS1$/,
    // Open from now on: the irq is requested at the first open and freed at the last close (8250_core.c).
    reader: '{ stty raw -echo; exec cat; } <$node',
  },
  'virtio-blk': {
    stimulus: { kind: 'read' },
    need: 'a virtio disk',
    options: ['CONFIG_VIRTIO_BLK'],
    driver: '[ -d /sys/bus/virtio/drivers/virtio_blk ]',
    findNode:
      'for p in /sys/bus/virtio/drivers/virtio_blk/*/block/*; do [ ! -e $p/dev ] || node=/dev/${p##*/}; done',
    findIrqs: 'for i in /sys/class/block/${node##*/}/device/../msi_irqs/*; do irqs="$irqs ${i##*/}"; done',
    action: /^virtio\d+-req\.\d+$/,
    managed: true,
  },
  nvme: {
    stimulus: { kind: 'read' },
    need: 'an NVMe disk',
    options: ['CONFIG_BLK_DEV_NVME'],
    driver: '[ -d /sys/bus/pci/drivers/nvme ]',
    findNode: 'for p in /sys/class/block/nvme*n1; do [ ! -e $p/dev ] || node=/dev/${p##*/}; done',
    findIrqs: 'for i in /sys/bus/pci/drivers/nvme/*/msi_irqs/*; do irqs="$irqs ${i##*/}"; done',
    // Queue 0 is that of the administration, which is not managed.
    action: /^nvme\d+q[1-9]\d*$/,
    managed: true,
  },
  ahci: {
    stimulus: { kind: 'read' },
    need: 'an AHCI disk',
    options: ['CONFIG_SATA_AHCI', 'CONFIG_BLK_DEV_SD'],
    driver: '[ -d /sys/bus/pci/drivers/ahci ] && [ -d /sys/bus/scsi/drivers/sd ]',
    findNode:
      'for p in /sys/bus/pci/drivers/ahci/*/ata*/host*/target*/*/block/*; do [ ! -e $p/dev ] || node=/dev/${p##*/}; done',
    findIrqs: 'for i in /sys/bus/pci/drivers/ahci/*/msi_irqs/*; do irqs="$irqs ${i##*/}"; done',
    action: /^ahci\[/,
  },
}

/** Stands before the table, so that everything comes in one answer. */
const TABLE_MARK = 'irqlab-interrupts'

/** Where the guest notes what an irq under test was given: one letter or digit for each probe. */
export function receiptFile(device: string): string {
  return `/run/irqlab-${device}`
}

/**
 * Throws `NotApplicable` for a device whose driver is not in the kernel's configuration: that is known without a boot.
 * What has no name of its own there, such as a number of ports, only the guest can tell.
 */
export function demandDrivers(devices: readonly DeviceName[], config: KernelConfig): void {
  const lacking = devices.find((device) =>
    KINDS[device].options.some((option) => /^\w+$/.test(option) && !config.has(option)),
  )
  if (lacking !== undefined) throw withoutDriver(lacking)
}

function withoutDriver(device: DeviceName): NotApplicable {
  const { need, options } = KINDS[device]
  return new NotApplicable(need, `needs ${need}: this kernel has no driver for it (${options.join(' and ')})`)
}

/**
 * Loads the drivers, waits for the devices and starts what keeps them open. PID 1 reaps it: it belongs to no session.
 * Throws `NotApplicable` when the kernel has no driver, `Trouble` at `boot.device` when the device does not appear.
 */
export async function setUpDevices(
  guest: GuestCommands,
  devices: readonly DeviceName[],
  limits: Limits,
): Promise<void> {
  for (const device of devices) {
    const loaded = await guest.run(loadScript(device))
    const failed = /^failed .*$/m.exec(loaded)?.[0]
    if (failed !== undefined)
      throw new Trouble('boot.device', `The driver of ${device} cannot be loaded: ${failed}`)
    const { reader } = KINDS[device]
    if (!loaded.includes('driver yes')) throw withoutDriver(device)
    const node = await poll(
      limits.deadline('boot.device', `The appearance of ${KINDS[device].need}`),
      async () => (await findNodes(guest, [device])).get(device),
      { everyMs: 20 },
    )
    const file = receiptFile(device)
    await guest.check(reader === undefined ? `: >${file}` : readerCommand({ name: device, node }))
  }
  // A serial port has an irq only while it is open.
  if (devices.length === 0) return
  const script = `${devicesCommand(devices)}\necho ${TABLE_MARK}; cat /proc/interrupts`
  await poll(
    limits.deadline('boot.device', `The request for the irqs of ${devices.join(', ')}`),
    async () => {
      const [found = '', table = ''] = (await guest.run(script)).split(`${TABLE_MARK}\n`)
      const rows = parseInterrupts(table.endsWith('\n') ? table : `${table}\n`)
      return devices.every((name) => deviceIn(name, found, rows) !== undefined) || undefined
    },
    { everyMs: 20 },
  )
}

/** Shell text that starts what keeps the device open and notes what arrives. The device must be one that is kept open. */
export function readerCommand({ name, node }: Pick<TestDevice, 'name' | 'node'>): string {
  const file = receiptFile(name)
  return `node=${node}; : >${file}; ( ( ${KINDS[name].reader ?? ':'} ) </dev/null >>${file} 2>/dev/null & )`
}

function loadScript(device: DeviceName): string {
  const order = `/lib/modules-irqlab/load-order-${device}`
  return [
    `[ ! -r ${order} ] || while read -r m; do n=\${m#*-}; [ -d /sys/module/\${n%.ko} ] || insmod /lib/modules-irqlab/$m 2>&1 || echo "failed: $m"; done <${order}`,
    `if ${KINDS[device].driver}; then echo driver yes; else echo driver no; fi`,
  ].join('\n')
}

async function findNodes(
  guest: GuestCommands,
  devices: readonly DeviceName[],
): Promise<ReadonlyMap<string, string>> {
  return parseNodes(await guest.run(devicesCommand(devices)))
}

/** Shell text: `device NAME NODE`, and `candidate NAME IRQ HWIRQ FLOW CHIP` for each irq that may be the device's. */
export function devicesCommand(devices: readonly DeviceName[]): string {
  return devices
    .map((device) => {
      const { findNode, findIrqs } = KINDS[device]
      return [
        `node=; irqs=; ${findNode}`,
        `[ -z "$node" ] || { echo "device ${device} $node"; ${findIrqs}; }`,
        `for i in $irqs; do h=; c=; f=; read -r h </sys/kernel/irq/$i/hwirq; read -r f </sys/kernel/irq/$i/name; read -r c </sys/kernel/irq/$i/chip_name; echo "candidate ${device} $i $h $f $c"; done`,
      ].join('\n')
    })
    .join('\n')
}

function parseNodes(output: string): ReadonlyMap<string, string> {
  return new Map(
    [...output.matchAll(/^device (\S+) (\/dev\/\S+)$/gm)].map(([, name = '', node = '']) => [name, node]),
  )
}

/**
 * The devices in what `devicesCommand` printed: its irqs, and the action names in /proc/interrupts, must agree.
 * Throws `Trouble` when they do not.
 */
export function parseDevices(
  devices: readonly DeviceName[],
  output: string,
  table: InterruptTable,
): readonly TestDevice[] {
  return devices.map((name) => {
    const device = deviceIn(name, output, table)
    if (device !== undefined) return device
    throw new Trouble('guest.device', `No irq of ${name} is in /proc/interrupts: ${output.slice(0, 300)}`)
  })
}

function deviceIn(name: DeviceName, output: string, { rows }: InterruptTable): TestDevice | undefined {
  const { action, stimulus, managed } = KINDS[name]
  const node = parseNodes(output).get(name)
  const candidates = [...output.matchAll(new RegExp(`^candidate ${name} (\\d+) (\\d+) (\\S*) (.+)$`, 'gm'))]
    .map(([, irq, hwirq, flow, chip = '']) => ({ number: Number(irq), hwirq: Number(hwirq), flow, chip }))
    .map((candidate) => ({ ...candidate, action: rows.get(candidate.number)?.irq.action ?? '' }))
    .filter((candidate) => action.test(candidate.action))
  const found = candidates.toSorted((a, b) => a.hwirq - b.hwirq).at(-1)
  if (found === undefined || node === undefined) return undefined
  const irq = { number: found.number, action: found.action, chip: found.chip }
  return {
    name,
    node,
    irq,
    stimulus,
    ...(found.flow === 'fasteoi' ? { flow: found.flow } : {}),
    ...(managed ? { unmovable: managed } : {}),
  }
}
