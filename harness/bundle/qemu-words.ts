/** QEMU's words for the machine of a run as a bundle boots it: the same CPUs, memory and IOMMU, and a NIC for each queue. Pure. */
import { acceleratorArgs, iommuArgs, numaArgs, smpArgs } from '../guest/cpu-args.ts'
import { SERIAL_PORT_NAME, SERIAL_VECTORS } from '../guest/device-args.ts'
import type { Machine } from '../guest/machine.ts'
import type { ShellActs } from './shell-acts.ts'
import type { ShellDevice } from './shell-obstacles.ts'

/** The first QEMU that needs no workaround for TCG (cpu-args.ts). */
const MODERN = 8

/** What goes before the kernel: one list for each way to run. */
export interface QemuWords {
  readonly kvm: readonly string[]
  /** Before QEMU 8. */
  readonly tcgOld: readonly string[]
  readonly tcg: readonly string[]
  /** Behind any of them. */
  readonly rest: readonly string[]
}

/** Addresses of the NICs: as guest.sh knows them. */
const MAC = '52:54:00:69:73:'

/** Stands for a directory of the script's own, which nobody knows before it runs. */
export const WORK = '@irqlab-work@'

/** `extra`: what the run was given with --qemu-arg. */
export function qemuWords(
  machine: Machine,
  { queues, device }: Pick<ShellActs, 'queues' | 'device'>,
  extra: readonly string[],
): QemuWords {
  const accelerated = (accel: 'kvm' | 'tcg', majorVersion: number) =>
    acceleratorArgs({ accel, majorVersion, machine })
  const events = machine.nic.eventIdx ? '' : ',event_idx=off'
  const nic = (id: string, byte: number) => [
    // All on one hub inside of QEMU: no NIC but the one that a frame is for takes it from there.
    '-netdev',
    `hubport,id=${id},hubid=0`,
    '-device',
    `virtio-net-pci,netdev=${id},mac=${MAC}${byte.toString(16).padStart(2, '0')},romfile=${events}`,
  ]
  return {
    kvm: accelerated('kvm', MODERN),
    tcgOld: accelerated('tcg', MODERN - 1),
    tcg: accelerated('tcg', MODERN),
    rest: [
      '-nodefaults',
      '-no-user-config',
      '-name',
      'irqlab-replay',
      ...smpArgs(machine),
      '-m',
      `${machine.memoryMib}M`,
      ...numaArgs(machine),
      '-display',
      'none',
      '-no-reboot',
      '-serial',
      'stdio',
      '-monitor',
      'none',
      ...iommuArgs(machine),
      ...(device === undefined ? [] : DEVICE[device]),
      ...(queues.length === 0 ? [] : nic('feed', FEEDER)),
      ...queues.flatMap((queue) => nic(`q${queue}`, queue)),
      ...extra,
    ],
  }
}

/** The two ends of one line: what is written to the feeder's port comes to the device. The first -serial is the console. */
const LINE = [
  ['-chardev', `socket,id=device,path=${WORK}/line,server=on,wait=off`],
  ['-chardev', `socket,id=feeder,path=${WORK}/line`],
].flat()

const DEVICE: Readonly<Record<ShellDevice, readonly string[]>> = {
  ttyS1: [...LINE, '-serial', 'chardev:device', '-serial', 'chardev:feeder'],
  'virtio-serial': [
    ...LINE,
    '-serial',
    'chardev:feeder',
    '-device',
    `virtio-serial-pci,id=serial-bus,max_ports=2,vectors=${SERIAL_VECTORS}`,
    '-device',
    `virtserialport,bus=serial-bus.0,nr=1,chardev=device,name=${SERIAL_PORT_NAME}`,
  ],
}

const FEEDER = 0xfe
