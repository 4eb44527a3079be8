/** Where do a PCI device's messages stand? Reads the MSI and MSI-X capabilities out of its configuration space. Pure. */
import { Trouble } from '../base/errors.ts'

/** Place of the MSI-X table: a BAR, and an offset in it. (PCI Local Bus 3.0, 6.8.2) */
export interface MsixCapability {
  readonly bar: number
  readonly offset: number
}

/** The one message of a device with MSI. (PCI Local Bus 3.0, 6.8.1) */
export interface MsiCapability {
  readonly addressLow: number
  readonly data: number
  /** Undefined where the device cannot mask it. */
  readonly masked: boolean | undefined
}

/** What the configuration space says of messages. */
export interface MessageCapabilities {
  readonly msix: MsixCapability | undefined
  readonly msi: MsiCapability | undefined
}

const STATUS = 0x06
const HAS_CAPABILITIES = 0x10
const FIRST_CAPABILITY = 0x34
const MSI = 0x05
const MSIX = 0x11
/** Of 256 bytes no more than so many capabilities can be. */
const CAPABILITIES_MAX = 48

/** Reads 256 bytes of hexadecimal digits in pairs, as `od -An -v -tx1` prints them. Throws `Trouble` for another text. */
export function messageCapabilities(text: string): MessageCapabilities {
  const bytes = text
    .trim()
    .split(/\s+/)
    .map((pair) => (/^[0-9a-f]{2}$/.test(pair) ? Number.parseInt(pair, 16) : Number.NaN))
  if (bytes.length < 64 || bytes.some(Number.isNaN))
    throw new Trouble('guest.hardware', `Not a PCI configuration space: ${text.slice(0, 80)}`)
  const config = new DataView(Uint8Array.from([...bytes, ...Array<number>(256).fill(0)]).buffer)
  let msix: MsixCapability | undefined
  let msi: MsiCapability | undefined
  if ((config.getUint16(STATUS, true) & HAS_CAPABILITIES) === 0) return { msix, msi }
  let at = config.getUint8(FIRST_CAPABILITY) & 0xfc
  for (let seen = 0; at !== 0 && seen < CAPABILITIES_MAX; seen++) {
    const id = config.getUint8(at)
    if (id === MSIX) {
      const table = config.getUint32(at + 4, true)
      msix = { bar: table & 7, offset: (table & ~7) >>> 0 }
    }
    if (id === MSI) msi = msiAt(config, at)
    at = config.getUint8(at + 1) & 0xfc
  }
  return { msix, msi }
}

function msiAt(config: DataView, at: number): MsiCapability {
  const control = config.getUint16(at + 2, true)
  // With 64 bits of address the data stand one word later.
  const data = at + ((control & 0x80) === 0 ? 8 : 12)
  return {
    addressLow: config.getUint32(at + 4, true),
    data: config.getUint16(data, true),
    masked: (control & 0x100) === 0 ? undefined : (config.getUint32(data + 4, true) & 1) === 1,
  }
}
