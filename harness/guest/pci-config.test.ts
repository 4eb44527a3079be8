import t from 'tap'
import { messageCapabilities } from './pci-config.ts'

/** A configuration space of 256 bytes with these bytes in it. */
function config(bytes: Readonly<Record<number, number>>): string {
  return Array.from({ length: 256 }, (_, at) => (bytes[at] ?? 0).toString(16).padStart(2, '0')).join(' ')
}

const LISTED = { 0x06: 0x10, 0x34: 0x40 }

await t.test('the MSI-X table: BAR and offset', async (t) => {
  const text = config({ ...LISTED, 0x40: 0x09, 0x41: 0x98, 0x98: 0x11, 0x9a: 0x09, 0x9c: 0x01, 0x9d: 0x20 })
  t.same(messageCapabilities(text), { msix: { bar: 1, offset: 0x2000 }, msi: undefined })
})

await t.test('an MSI of 64 bits that cannot be masked, and one of 32 bits that is', async (t) => {
  const wide = { 0x40: 0x05, 0x42: 0x81, 0x45: 0x40, 0x46: 0xe0, 0x47: 0xfe, 0x4c: 0x23, 0x4d: 0x40 }
  t.same(messageCapabilities(config({ ...LISTED, ...wide })).msi, {
    addressLow: 0xfee04000,
    data: 0x4023,
    masked: undefined,
  })
  const narrow = { 0x40: 0x05, 0x43: 0x01, 0x47: 0xfe, 0x48: 0x31, 0x4c: 0x01 }
  t.same(messageCapabilities(config({ ...LISTED, ...narrow })).msi, {
    addressLow: 0xfe000000,
    data: 0x31,
    masked: true,
  })
})

await t.test('no list, an endless one, and no configuration space', async (t) => {
  t.same(messageCapabilities(config({ 0x34: 0x40, 0x40: 0x11 })), { msix: undefined, msi: undefined })
  t.same(messageCapabilities(config({ ...LISTED, 0x41: 0x40 })), { msix: undefined, msi: undefined })
  for (const text of ['', 'no such file', '00 '.repeat(63), config({}).replace('00', 'zz')])
    t.throws(() => messageCapabilities(text), { name: 'Trouble', stage: 'guest.hardware' })
})
