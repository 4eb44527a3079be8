/**
 * Where the state word of each irq descriptor can be read. debugfs irq/ shows it where the kernel has that. Elsewhere
 * /proc/kcore does, once the address is known: our kprobe on irq_set_affinity_locked prints it at the first write.
 */
import type { GuestCommands } from './commands.ts'
import { KCORE_HEAD_COMMAND, kcoreOffset, type KcoreMap, parseKcoreMap } from './kcore.ts'
import { TRACEFS } from './tracefs.ts'

/** How this kernel shows the state word, if it does. */
type StateSource =
  { readonly kind: 'debugfs' } | { readonly kind: 'kcore'; readonly map: KcoreMap } | undefined

/** kernel/irq/debugfs.c:irq_debug_show prints `dstate: 0x...` there (CONFIG_GENERIC_IRQ_DEBUGFS, 5.10 to 7.3). */
const DEBUGFS_IRQS = '/sys/kernel/debug/irq/irqs'

const MOUNT = '[ -d /sys/kernel/debug/irq ] || mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null'
const FIND_COMMAND = `if [ -d ${DEBUGFS_IRQS} ]; then echo debugfs; elif [ -r /proc/kcore ]; then ${KCORE_HEAD_COMMAND}; fi`

/** Where the state words of the irqs of one guest can be read, as far as learnt. */
export class DescriptorStates {
  readonly #guest: GuestCommands
  readonly #source: StateSource
  readonly #offsets = new Map<number, bigint>()

  private constructor(guest: GuestCommands, source: StateSource) {
    this.#guest = guest
    this.#source = source
  }

  /** Looks what this kernel offers; `asIs`: nothing is mounted for it. */
  static async find(guest: GuestCommands, asIs?: 'asIs'): Promise<DescriptorStates> {
    const text = (await guest.run(asIs === undefined ? `${MOUNT}\n${FIND_COMMAND}` : FIND_COMMAND)).trim()
    if (text === 'debugfs') return new DescriptorStates(guest, { kind: 'debugfs' })
    return new DescriptorStates(guest, text === '' ? undefined : { kind: 'kcore', map: parseKcoreMap(text) })
  }

  /** False when this kernel offers no way to read the state of a descriptor. */
  get readable(): boolean {
    return this.#source !== undefined
  }

  /**
   * Where the guest's `reading` function finds the state word of this irq: a file of debugfs, or an offset in
   * /proc/kcore in bytes. Undefined when there is no way, or the irq was never written to.
   */
  place(irq: number): string | undefined {
    if (this.#source?.kind === 'debugfs') return `${DEBUGFS_IRQS}/${irq}`
    return this.#offsets.get(irq)?.toString()
  }

  /** What was learnt so far: offsets in /proc/kcore by irq number, as texts. */
  get offsets(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#offsets].map(([irq, offset]) => [String(irq), offset.toString()]))
  }

  /** Takes what was learnt in the same boot of the same guest. */
  recall(offsets: Readonly<Record<string, string>>): void {
    for (const [irq, offset] of Object.entries(offsets)) this.#offsets.set(Number(irq), BigInt(offset))
  }

  /** These irqs are gone: what comes with their numbers later is another descriptor. */
  forget(irqs: readonly number[]): void {
    for (const irq of irqs) this.#offsets.delete(irq)
  }

  /** Learns the descriptors of these irqs from the trace, those that are not known yet. */
  async learn(irqs: readonly number[]): Promise<void> {
    if (this.#source?.kind !== 'kcore' || irqs.every((irq) => this.#offsets.has(irq))) return
    const { map } = this.#source
    const lines = await this.#guest.run(`grep -F ' set: ' ${TRACEFS}/trace || true`, 'guest.evidence')
    for (const [, irq, address] of lines.matchAll(/ set: .* irq=(\d+) .* desc=(0x[0-9a-f]+)/g)) {
      const offset = kcoreOffset(map, BigInt(address ?? '0'))
      if (offset !== undefined) this.#offsets.set(Number(irq), offset)
    }
  }
}
