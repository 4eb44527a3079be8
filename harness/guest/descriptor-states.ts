/**
 * Where the state word of each irq descriptor lies. The kernel tells the address itself: our kprobe on
 * irq_set_affinity_locked prints it at the first write to an irq. From then on its state can be read at any time.
 */
import type { GuestCommands } from './commands.ts'
import { KCORE_HEAD_COMMAND, kcoreOffset, type KcoreMap, parseKcoreMap } from './kcore.ts'
import { TRACEFS } from './tracing.ts'

/** Where in /proc/kcore the state words of the irqs lie, as far as learnt. */
export class DescriptorStates {
  readonly #guest: GuestCommands
  readonly #map: KcoreMap | undefined
  readonly #offsets = new Map<number, bigint>()

  private constructor(guest: GuestCommands, map: KcoreMap | undefined) {
    this.#guest = guest
    this.#map = map
  }

  /** Looks whether this kernel has /proc/kcore. */
  static async find(guest: GuestCommands): Promise<DescriptorStates> {
    const text = await guest.run(`[ -r /proc/kcore ] && ${KCORE_HEAD_COMMAND}`)
    return new DescriptorStates(guest, text.trim() === '' ? undefined : parseKcoreMap(text))
  }

  /** False when this kernel offers no way to read the state of a descriptor. */
  get readable(): boolean {
    return this.#map !== undefined
  }

  /** Offset of the state word in /proc/kcore, in bytes; undefined until the irq was written to once. */
  kcoreOffset(irq: number): bigint | undefined {
    return this.#offsets.get(irq)
  }

  /** Learns the descriptors of these irqs from the trace, those that are not known yet. */
  async learn(irqs: readonly number[]): Promise<void> {
    const map = this.#map
    if (map === undefined || irqs.every((irq) => this.#offsets.has(irq))) return
    const lines = await this.#guest.run(`grep -F ' set: ' ${TRACEFS}/trace || true`, 'guest.evidence')
    for (const [, irq, address] of lines.matchAll(/ set: .* irq=(\d+) .* desc=(0x[0-9a-f]+)/g)) {
      const offset = kcoreOffset(map, BigInt(address ?? '0'))
      if (offset !== undefined) this.#offsets.set(Number(irq), offset)
    }
  }
}
