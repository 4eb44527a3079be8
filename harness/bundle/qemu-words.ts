/** QEMU's words for the machine of a run as a bundle boots it: the same CPUs, memory and IOMMU, and a NIC for each queue. Pure. */
import { acceleratorArgs, iommuArgs, numaArgs, smpArgs } from '../guest/cpu-args.ts'
import type { Machine } from '../guest/machine.ts'

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

/** `queues`: numbers of the receive queues; `extra`: what the run was given with --qemu-arg. */
export function qemuWords(machine: Machine, queues: readonly number[], extra: readonly string[]): QemuWords {
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
      ...nic('feed', FEEDER),
      ...queues.flatMap((queue) => nic(`q${queue}`, queue)),
      ...extra,
    ],
  }
}

const FEEDER = 0xfe
