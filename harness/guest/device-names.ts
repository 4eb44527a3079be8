/** Which devices beside the NIC can a machine have for their irqs? Pure names: machines, QEMU's words and the guest use them. */
import { dirname, join } from 'node:path'

/** All of them. docs/DEVICES.md says what fires each, and what proves that it was delivered. */
export const DEVICE_NAMES = ['virtio-serial', 'ttyS1', 'ahci', 'intx', 'virtio-blk', 'nvme'] as const

/** A device with one irq under test. */
export type DeviceName = (typeof DEVICE_NAMES)[number]

/** True for the name of such a device. */
export function isDeviceName(name: string): name is DeviceName {
  return (DEVICE_NAMES as readonly string[]).includes(name)
}

/** No machine has more vector hogs: they have fixed places on the PCI bus. */
export const VECTOR_HOGS_MAX = 8

/** The place of a vector hog on the PCI bus, the first is 0: in the middle, where QEMU puts nothing by itself. */
export function hogSlot(hog: number): number {
  return 0x10 + hog
}

/** Devices that bytes of the host fire: QEMU connects to a socket of ours for each. */
const PORTS = ['virtio-serial', 'ttyS1', 'intx'] as const satisfies readonly DeviceName[]

/** A device that is fired by bytes from the host. */
export type PortName = (typeof PORTS)[number]

/** Those of the devices that bytes from the host fire. */
export function portsAmong(devices: readonly DeviceName[]): readonly PortName[] {
  return PORTS.filter((port) => devices.includes(port))
}

/** The socket that QEMU connects to for a port: beside that of QMP, in the run's own directory. */
export function portSocket(qmpSocket: string, port: PortName): string {
  return join(dirname(qmpSocket), `${port}.socket`)
}
