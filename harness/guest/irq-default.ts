/** Changing what new irqs start on: default_smp_affinity of the guest, put back when the body ends. */
import { Trouble } from '../base/errors.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import type { GuestCommands } from './commands.ts'

const FILE = '/proc/irq/default_smp_affinity'

/** The default affinity of one guest's irqs. */
export class IrqDefault {
  readonly #guest: Pick<GuestCommands, 'run'>
  /** As it stood before our first write. */
  #usual: string | undefined

  constructor(guest: Pick<GuestCommands, 'run'>) {
    this.#guest = guest
  }

  /** Throws `Trouble` when the kernel refuses. */
  async set(mask: CpuMask): Promise<void> {
    const before = await this.#write(mask.toHex())
    this.#usual ??= before
  }

  /** Undoes what was not undone. */
  async restore(): Promise<void> {
    if (this.#usual !== undefined) await this.#write(this.#usual)
    this.#usual = undefined
  }

  async #write(hex: string): Promise<string> {
    const output = await this.#guest.run(
      `read -r d <${FILE}; s=0; { echo ${hex} >${FILE}; } 2>/dev/null || s=$?; echo "default was=$d status=$s"`,
    )
    const [, was, status] = /^default was=([0-9a-f,]+) status=(\d+)$/m.exec(output) ?? []
    if (was === undefined || status !== '0')
      throw new Trouble('guest.write', `${hex} cannot be written to ${FILE}: ${output.trim()}`)
    return was
  }
}
