/** Which PCI device does an irq belong to? From the names of sysfs and the identifiers of the devices. */
import type { Files } from './capture.ts'
import { fileLines, plainLines } from './file-lines.ts'
import type { IrqDevice } from './observed.ts'

const ADDRESS = String.raw`([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])`
const MSI = new RegExp(String.raw`^sys/bus/pci/devices/${ADDRESS}/msi_irqs/(\d+)$`)
const DRIVER = new RegExp(String.raw`^sys/bus/pci/drivers/([^/]+)/${ADDRESS}$`)
const INTERFACE = new RegExp(String.raw`^sys/bus/pci/devices/${ADDRESS}/(?:virtio\d+/)?net/([^/]+)$`)
const IDENTIFIER = new RegExp(String.raw`^sys/bus/pci/devices/${ADDRESS}/(vendor|device|irq)$`)

/** By the irq's number. A line of an old kind (INTx) is shared: it is given to no device. */
export function observeDevices(files: Files): ReadonlyMap<number, IrqDevice> {
  const drivers = new Map<string, string>()
  const interfaces = new Map<string, string>()
  const addresses = new Map<number, string>()
  for (const path of plainLines(files.get('links.txt'))) {
    const [, msiAddress, irq] = MSI.exec(path) ?? []
    if (msiAddress !== undefined) addresses.set(Number(irq), msiAddress)
    const [, driver, bound] = DRIVER.exec(path) ?? []
    if (driver !== undefined && bound !== undefined) drivers.set(bound, driver)
    const [, owner, name] = INTERFACE.exec(path) ?? []
    if (owner !== undefined && name !== undefined) interfaces.set(owner, name)
  }
  const identifiers = new Map<string, string>()
  for (const { path, value } of fileLines(files.get('devices.txt'))) {
    const [, address, which] = IDENTIFIER.exec(path) ?? []
    if (address !== undefined) identifiers.set(`${address} ${which}`, value.replace(/^0x/, ''))
  }
  const devices = new Map<number, IrqDevice>()
  for (const [irq, address] of addresses) {
    const [vendor, device] = [identifiers.get(`${address} vendor`), identifiers.get(`${address} device`)]
    devices.set(irq, {
      address,
      ids: vendor === undefined || device === undefined ? undefined : `${vendor}:${device}`,
      driver: drivers.get(address),
      interface: interfaces.get(address),
    })
  }
  return devices
}
