/** QEMU's words for the devices that a machine has beside its NIC. Pure. */
import { type DeviceName, hogSlot, portSocket, type PortName } from './device-names.ts'

/** The name by which the guest finds the port. */
export const SERIAL_PORT_NAME = 'irqlab'
/** The same of the port without vectors. */
export const INTX_PORT_NAME = 'irqlab-intx'

/**
 * Vectors of the virtio-serial device: config, input and output of port 0, control input, input and output of port 1.
 * (drivers/char/virtio_console.c:init_vqs, 5.10 to 7.3; the control output has no callback and so no vector.)
 */
export const SERIAL_VECTORS = 6

/** Sectors of 512 bytes. Nothing is behind the disk: every read gives zeroes at once. */
export const DISK_SECTORS = 2048

/** Option and value apart, in the order of the devices. After the IOMMU, and after the console's -serial. */
export function deviceArgs(devices: readonly DeviceName[], qmpSocket: string): readonly string[] {
  return devices.flatMap((device) => ARGS[device](qmpSocket))
}

/**
 * A virtio-serial device with all the ports it can have: config, control input, and input and output of 31 ports are 64
 * vectors (drivers/char/virtio_console.c:init_vqs). No port is there; the driver takes the vectors all the same.
 */
export function hogArgs(hogs: number): readonly string[] {
  return Array.from({ length: hogs }, (_, hog) => [
    '-device',
    `virtio-serial-pci,id=hog-${hog},max_ports=31,vectors=66,addr=0x${hogSlot(hog).toString(16)}`,
  ]).flat()
}

const ARGS: Readonly<Record<DeviceName, (qmpSocket: string) => readonly string[]>> = {
  'virtio-serial': (qmpSocket) =>
    [
      chardev('virtio-serial', qmpSocket),
      // Port 0 is reserved for a console, so the port under test is 1 of two.
      ['-device', `virtio-serial-pci,id=serial-bus,max_ports=2,vectors=${SERIAL_VECTORS}`],
      ['-device', `virtserialport,bus=serial-bus.0,nr=1,chardev=virtio-serial,name=${SERIAL_PORT_NAME}`],
    ].flat(),
  ttyS1: (qmpSocket) => [...chardev('ttyS1', qmpSocket), '-serial', 'chardev:ttyS1'],
  // Without vectors the driver falls back to the line of its PCI slot (drivers/virtio/virtio_pci_common.c:vp_find_vqs).
  intx: (qmpSocket) =>
    [
      chardev('intx', qmpSocket),
      // With ioeventfd QEMU kicks all queues of a restored machine, and its first look at one ends with an interrupt, needed or
      // not (hw/char/virtio-serial-bus.c:do_flush_queued_data, virtio.c: signalled_used is not valid yet). With vectors of
      // their own it is that of the output that fires; here all have the one irq.
      ['-device', 'virtio-serial-pci,id=intx-bus,max_ports=2,vectors=0,ioeventfd=off'],
      ['-device', `virtserialport,bus=intx-bus.0,nr=1,chardev=intx,name=${INTX_PORT_NAME}`],
    ].flat(),
  'virtio-blk': () => [...disk('virtio-blk'), '-device', 'virtio-blk-pci,drive=virtio-blk,num-queues=4'],
  nvme: () => [...disk('nvme'), '-device', 'nvme,serial=irqlab,drive=nvme'],
  ahci: () => [
    ...disk('ahci'),
    '-device',
    // q35 has the controller; its ports are ide.0 to ide.5.
    'ide-hd,bus=ide.0,drive=ahci',
  ],
}

function disk(name: DeviceName): readonly string[] {
  return ['-blockdev', `driver=null-co,node-name=${name},size=${512 * DISK_SECTORS},read-zeroes=on`]
}

/**
 * QEMU is the client, and connects before its machine exists: the port is connected from the first instruction of the
 * guest on, in a boot and in a restore alike, and no connection is ever news to it.
 */
function chardev(port: PortName, qmpSocket: string): readonly string[] {
  return ['-chardev', `socket,id=${port},path=${portSocket(qmpSocket, port)}`]
}
