/**
 * What the hardware holds for an irq, seen from outside of the kernel: QEMU reads the MSI-X table and the IO-APIC for us,
 * with whatever accelerator; an MSI stands in the device's configuration space.
 */
import { Trouble } from '../base/errors.ts'
import { grouped } from '../base/grouped.ts'
import type { Limits } from '../base/limits.ts'
import type { Qmp } from '../host/qmp.ts'
import type { HardwareEntry } from '../irq/irq-evidence.ts'
import type { Irq } from '../irq/irq.ts'
import type { GuestCommands } from './commands.ts'
import { type MessageCapabilities, messageCapabilities } from './pci-config.ts'

/**
 * Bits of hwirq that are the entry's number in kernels up to 6.1 (drivers/pci/msi/irqdomain.c:pci_msi_domain_calc_hwirq
 * puts the device above them); since 6.2 there is nothing else in it.
 */
const ENTRY_BITS = 0x7ff
const WORDS_PER_ENTRY = 4
/** Delivery status and Remote IRR come and go with each interrupt (82093AA, 3.2.4). */
const MOMENTARY = (1n << 12n) | (1n << 14n)

/** Where one irq stands. */
interface Place {
  readonly irq: number
  readonly kind: HardwareEntry['kind']
  /** Entry of the table or pin of the IO-APIC. */
  readonly index: number
  /** Directory of the device in the guest's /sys; empty of the IO-APIC. */
  readonly device: string
  /** Address of the table in the guest's memory. */
  readonly table: bigint
}

/** Reads what the hardware of one guest holds for its irqs. */
export class InterruptHardware {
  readonly #guest: Pick<GuestCommands, 'run'>
  readonly #qmp: Pick<Qmp, 'execute'>
  readonly #limits: Limits
  readonly #places: readonly Place[]

  private constructor(
    guest: Pick<GuestCommands, 'run'>,
    qmp: Pick<Qmp, 'execute'>,
    limits: Limits,
    places: readonly Place[],
  ) {
    this.#guest = guest
    this.#qmp = qmp
    this.#limits = limits
    this.#places = places
  }

  /** Looks where these irqs stand. Throws `Trouble` for what cannot be understood. */
  static async locate(
    guest: Pick<GuestCommands, 'run'>,
    qmp: Pick<Qmp, 'execute'>,
    limits: Limits,
    irqs: readonly Irq[],
  ): Promise<InterruptHardware> {
    const output = await guest.run(locateCommand(irqs.map(({ number }) => number)))
    return new InterruptHardware(guest, qmp, limits, placesIn(irqs, output))
  }

  /** Reads them all now: by irq number. Of an irq that is not there nothing is known. */
  async read(): Promise<ReadonlyMap<number, HardwareEntry>> {
    const entries = new Map<number, HardwareEntry>()
    const tables = grouped(
      this.#places.filter(({ kind }) => kind === 'msi-x'),
      ({ table }) => table,
    )
    for (const [table, places] of tables) {
      const last = Math.max(...places.map(({ index }) => index))
      const words = parseWords(
        await this.#monitor(`xp /${(last + 1) * WORDS_PER_ENTRY}wx 0x${table.toString(16)}`),
      )
      for (const { irq, index } of places) {
        const entry = msixEntry(words.slice(index * WORDS_PER_ENTRY, (index + 1) * WORDS_PER_ENTRY))
        if (entry !== undefined) entries.set(irq, entry)
      }
    }
    const lines = this.#places.filter(({ kind }) => kind === 'io-apic')
    if (lines.length > 0) {
      const pins = parsePins(await this.#monitor('info pic'))
      for (const { irq, index } of lines) {
        const word = pins.get(index)
        if (word !== undefined) entries.set(irq, ioApicEntry(word))
      }
    }
    const messages = this.#places.filter(({ kind }) => kind === 'msi')
    if (messages.length > 0) {
      const configs = configsIn(
        await this.#guest.run(messages.map(({ device }) => configCommand(device)).join('\n')),
      )
      for (const { irq, device } of messages) {
        const entry = msiEntry(configs.get(device))
        if (entry !== undefined) entries.set(irq, entry)
      }
    }
    return entries
  }

  async #monitor(line: string): Promise<string> {
    const answer = await this.#qmp.execute(
      'human-monitor-command',
      { 'command-line': line },
      this.#limits.ms('qmp.command'),
    )
    if (typeof answer === 'string') return answer
    throw new Trouble('guest.hardware', `QEMU's monitor does not answer \`${line}\` with a text`)
  }
}

/** Shell text, builtins but for one `od` a device: `place IRQ HWIRQ MODE DEVICE`, `bar DEVICE NUMBER ADDRESS`, `config DEVICE BYTES`. */
function locateCommand(irqs: readonly number[]): string {
  return [
    'ds=',
    `for i in ${irqs.join(' ')}; do h=; m=line; d=-; read -r h </sys/kernel/irq/$i/hwirq`,
    'for p in /sys/bus/pci/devices/*/msi_irqs/$i; do [ ! -e $p ] || { d=${p%/msi_irqs/*}; read -r m <$p; }; done',
    'echo "place $i $h $m $d"; case " $ds " in *" $d "*) ;; *) ds="$ds $d";; esac; done',
    'for d in $ds; do [ $d != - ] || continue; n=0; while read -r s e f; do echo "bar $d $n $s"; n=$((n + 1)); done <$d/resource',
    configCommand('$d'),
    'done',
  ].join('\n')
}

function configCommand(device: string): string {
  return `echo "config ${device}" $(od -An -v -tx1 -N 256 ${device}/config)`
}

function configsIn(output: string): ReadonlyMap<string, MessageCapabilities> {
  return new Map(
    [...output.matchAll(/^config (\S+) (.+)$/gm)].map(([, device = '', bytes = '']) => [
      device,
      messageCapabilities(bytes),
    ]),
  )
}

/** The places in what `locateCommand` printed. */
export function placesIn(irqs: readonly Irq[], output: string): readonly Place[] {
  const bars = new Map(
    [...output.matchAll(/^bar (\S+) (\d+) (0x[0-9a-f]+)$/gm)].map(([, device, number, address]) => [
      `${device} ${number}`,
      BigInt(address ?? '0'),
    ]),
  )
  const configs = configsIn(output)
  return irqs.flatMap(({ number, chip }): readonly Place[] => {
    const match = new RegExp(`^place ${number} (\\d+) (\\S+) (\\S+)$`, 'm').exec(output)
    const [, hwirq, mode, device = ''] = match ?? []
    if (hwirq === undefined) return []
    const at = { irq: number, index: Number(hwirq), device: '', table: 0n }
    if (/^(?:IR-)?IO-APIC$/.test(chip)) return [{ ...at, kind: 'io-apic' }]
    if (mode === 'msi') return [{ ...at, kind: 'msi', device }]
    const { msix } = configs.get(device) ?? {}
    const bar = bars.get(`${device} ${msix?.bar}`)
    if (mode !== 'msix' || msix === undefined || bar === undefined) return []
    const index = Number(BigInt(hwirq) & BigInt(ENTRY_BITS))
    return [{ ...at, kind: 'msi-x', index, device, table: bar + BigInt(msix.offset) }]
  })
}

/** The words in what the monitor's `xp` printed: `00000000febd1000: 0xfee01004 0x00000000 ...`. */
export function parseWords(text: string): readonly number[] {
  return text
    .split('\n')
    .flatMap((line) => [...line.replace(/^[0-9a-f]+:/, '').matchAll(/0x([0-9a-f]{8})\b/g)])
    .map(([, digits = '']) => Number.parseInt(digits, 16))
}

/** One entry of an MSI-X table: address, upper address, data, vector control. Undefined for less than that. */
export function msixEntry([low, high, data, control]: readonly number[]): HardwareEntry | undefined {
  if (low === undefined || high === undefined || data === undefined || control === undefined) return undefined
  return {
    kind: 'msi-x',
    ...messageOf(low, data),
    masked: (control & 1) === 1,
    raw: [low, high, data].map(hex).join(' '),
  }
}

function msiEntry(capabilities: MessageCapabilities | undefined): HardwareEntry | undefined {
  const { msi } = capabilities ?? {}
  if (msi === undefined) return undefined
  return {
    kind: 'msi',
    ...messageOf(msi.addressLow, msi.data),
    masked: msi.masked,
    raw: [msi.addressLow, msi.data].map(hex).join(' '),
  }
}

/** Bits 19 to 12 of the address are the destination; hypervisors put seven more of it into bits 11 to 5. */
function messageOf(address: number, data: number): { readonly dest: number; readonly vector: number } {
  return { dest: ((address >>> 12) & 0xff) | (((address >>> 5) & 0x7f) << 8), vector: data & 0xff }
}

/** The lines of the IO-APIC in what the monitor's `info pic` printed, by pin. */
export function parsePins(text: string): ReadonlyMap<number, bigint> {
  return new Map(
    [...text.matchAll(/^\s*pin\s+(\d+)\s+0x([0-9a-f]{16})\b/gm)].map(([, pin, word]) => [
      Number(pin),
      BigInt(`0x${word}`),
    ]),
  )
}

/** One line of the redirection table (82093AA, 3.2.4): vector in bits 7 to 0, mask in 16, destination in 63 to 56. */
export function ioApicEntry(word: bigint): HardwareEntry {
  return {
    kind: 'io-apic',
    dest: Number(word >> 56n),
    vector: Number(word & 0xffn),
    masked: ((word >> 16n) & 1n) === 1n,
    raw: `0x${(word & ~MOMENTARY).toString(16).padStart(16, '0')}`,
  }
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
