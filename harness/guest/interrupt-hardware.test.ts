import t from 'tap'
import { Limits } from '../base/limits.ts'
import {
  InterruptHardware,
  ioApicEntry,
  msixEntry,
  parsePins,
  parseWords,
  placesIn,
} from './interrupt-hardware.ts'

const MSIX = { number: 26, action: 'virtio1-input.0', chip: 'PCI-MSI' }
const LINE = { number: 3, action: 'ttyS1', chip: 'IO-APIC' }
const MSI = { number: 40, action: 'ahci[0000:00:1f.2]', chip: 'PCI-MSI-0000:00:1f.2' }
const NIC = '/sys/bus/pci/devices/0000:00:03.0'
const DISK = '/sys/bus/pci/devices/0000:00:1f.2'

const bytes = (set: Readonly<Record<number, number>>) =>
  Array.from({ length: 256 }, (_, at) => (set[at] ?? 0).toString(16).padStart(2, '0')).join(' ')
const NIC_CONFIG = bytes({ 0x06: 0x10, 0x34: 0x98, 0x98: 0x11, 0x9c: 0x01 })
const DISK_CONFIG = bytes({
  0x06: 0x10,
  0x34: 0x80,
  0x80: 0x05,
  0x82: 0x81,
  0x85: 0x40,
  0x86: 0xe0,
  0x87: 0xfe,
  0x8c: 0x23,
  0x8d: 0x40,
})
/** The number of the entry stands below the device in 6.1, and alone since 6.2. */
const LOCATED = [
  `place 26 ${(0x18 << 11) + 1} msix ${NIC}`,
  'place 3 3 line -',
  `place 40 0 msi ${DISK}`,
  `bar ${NIC} 0 0x0000000000000000`,
  `bar ${NIC} 1 0x00000000febd1000`,
  `config ${NIC} ${NIC_CONFIG}`,
  `config ${DISK} ${DISK_CONFIG}`,
].join('\n')

await t.test('where irqs stand', async (t) => {
  t.same(placesIn([MSIX, LINE, MSI], LOCATED), [
    { irq: 26, kind: 'msi-x', index: 1, device: NIC, table: 0xfebd1000n },
    { irq: 3, kind: 'io-apic', index: 3, device: '', table: 0n },
    { irq: 40, kind: 'msi', index: 0, device: DISK, table: 0n },
  ])
  t.same(placesIn([MSIX], 'place 26 1 msix /sys/bus/pci/devices/0000:00:04.0'), [], 'no such device')
  t.same(placesIn([MSIX], ''), [], 'no such irq')
})

await t.test('the texts of the monitor', async (t) => {
  t.same(
    parseWords('00000000febd1000: 0xfee01004 0x00000000 0x00004022 0x00000001\r\n'),
    [0xfee01004, 0, 0x4022, 1],
  )
  t.match(msixEntry([0xfee04000, 0, 0x4023, 0]), { dest: 4, vector: 0x23, masked: false })
  t.match(msixEntry([0xfee01160, 0, 0x31, 1]), { dest: 0xb01, masked: true }, 'more than 8 bits')
  t.equal(msixEntry([0xfee04000, 0, 0x4023]), undefined)
  const pins = parsePins(
    'ioapic0: ver=0x20 id=0x00\n  pin 3  0x0400000000000024 dest=4 vec=36  active-hi edge\n',
  )
  t.match(ioApicEntry(pins.get(3) ?? 0n), { dest: 4, vector: 36, masked: false })
  t.equal(ioApicEntry(0x24n).raw, ioApicEntry(0x5024n).raw, 'an interrupt on its way changes nothing')
  t.equal(ioApicEntry(0x10024n).masked, true)
})

await t.test(
  'reading asks QEMU for tables and lines, and the guest for what stands in the device',
  async (t) => {
    const asked: string[] = []
    const guest = {
      run: (script: string) =>
        Promise.resolve(script.startsWith('ds=') ? LOCATED : `config ${DISK} ${DISK_CONFIG}`),
    }
    const qmp = {
      execute: (_command: string, args: object = {}) => {
        asked.push(Object.values(args).join())
        return Promise.resolve(
          asked.length === 1
            ? [
                'febd1000: 0x00000000 0x00000000 0x00000000 0x00000001',
                'febd1010: 0xfee02000 0x00000000 0x00000022 0x00000000',
              ].join('\n')
            : '  pin 3  0x0400000000000024 dest=4',
        )
      },
    }
    const hardware = await InterruptHardware.locate(guest, qmp, new Limits(1), [MSIX, LINE, MSI])
    const entries = await hardware.read()
    t.same(asked, ['xp /8wx 0xfebd1000', 'info pic'])
    t.match(entries.get(26), { kind: 'msi-x', dest: 2, vector: 0x22, masked: false })
    t.match(entries.get(3), { kind: 'io-apic', dest: 4, vector: 36 })
    t.match(entries.get(40), { kind: 'msi', dest: 4, vector: 0x23, masked: undefined })
    const mute = { execute: () => Promise.resolve({}) }
    const other = await InterruptHardware.locate(guest, mute, new Limits(1), [MSIX])
    await t.rejects(other.read(), { name: 'Trouble', stage: 'guest.hardware' })
  },
)
