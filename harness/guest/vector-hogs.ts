/** Taking all vectors of a CPU: devices with many irqs are bound while new irqs start on that CPU alone. */
import { Trouble } from '../base/errors.ts'
import { actMarker } from '../irq/act-markers.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { GuestCommands } from './commands.ts'
import { hogSlot } from './device-names.ts'
import { TRACEFS } from './tracefs.ts'

const DRIVER = '/sys/bus/virtio/drivers/virtio_console'

/** Where new irqs start (kernel/irq/manage.c:irq_setup_affinity, 5.10 to 7.3). */
const DEFAULT = '/proc/irq/default_smp_affinity'

/** The vector hogs of one guest. */
export class VectorHogs {
  readonly #guest: Pick<GuestCommands, 'run'>
  readonly #hogs: number
  /** What new irqs started on before. */
  #usual: string | undefined
  #irqs: readonly string[] = []

  /** `hogs`: as many as the machine has. */
  constructor(guest: Pick<GuestCommands, 'run'>, hogs: number) {
    this.#guest = guest
    this.#hogs = hogs
  }

  /**
   * Binds all of them with `cpu` as the place where new irqs start. Those that find no vector there get one elsewhere
   * (arch/x86/kernel/apic/vector.c:assign_irq_vector_any_locked). Throws `Trouble` when one cannot be bound.
   */
  async fill(cpu: number): Promise<void> {
    if (this.#hogs === 0)
      throw new RangeError('this machine has nothing to take vectors with: machine: { vectorHogs: 4 }')
    const output = await this.#guest.run(
      [
        mark('fill', cpu),
        `read -r usual <${DEFAULT}; echo "usual $usual"`,
        ...this.#each('unbind'),
        `echo ${CpuMask.of(cpu).toHex()} >${DEFAULT}`,
        ...this.#each('bind'),
        mark('filled', cpu),
        ...this.#places.map((place) => `for i in ${place}/msi_irqs/*; do echo "hog \${i##*/}"; done`),
        'echo filled',
      ].join('\n'),
      'guest.evidence',
    )
    this.#usual ??= /^usual ([0-9a-f,]+)$/m.exec(output)?.[1]
    this.#irqs = [...output.matchAll(/^hog (\d+)$/gm)].map(([, irq = '']) => irq)
    const failed = /^failed .*$/m.exec(output)?.[0]
    if (failed !== undefined || !/^filled$/m.test(output))
      throw new Trouble(
        'guest.vectors',
        `The vectors of CPU ${cpu} cannot be taken: ${failed ?? output.trim()}`,
      )
  }

  /**
   * Complaints of the kernel that are the point of this act: an irq of a hog found no vector where it was to start. Of any
   * other irq it is a fault as ever.
   */
  get provoked(): readonly RegExp[] {
    return this.#irqs.length === 0
      ? []
      : [new RegExp(`irq (?:${this.#irqs.join('|')}): Affinity broken due to vector space exhaustion`)]
  }

  /** Gives the vectors back, and lets new irqs start where they did before. */
  async restore(): Promise<void> {
    if (this.#usual === undefined) return
    const script = [...this.#each('unbind'), `echo ${this.#usual} >${DEFAULT}`].join('\n')
    this.#usual = undefined
    await this.#guest.run(script, 'guest.evidence')
  }

  /** Shell text for each hog; its name is looked for, because it depends on what else there is. */
  #each(act: 'bind' | 'unbind'): readonly string[] {
    const wanted = act === 'unbind' ? '-e' : '! -e'
    return this.#places.map(
      (place) =>
        `for v in ${place}/virtio*; do [ ${wanted} ${DRIVER}/\${v##*/} ] && { echo \${v##*/} >${DRIVER}/${act} || echo "failed ${act} \${v##*/}"; } 2>&1; done`,
    )
  }

  /** Their places in sysfs. */
  get #places(): readonly string[] {
    return Array.from(
      { length: this.#hogs },
      (_, hog) => `/sys/bus/pci/devices/0000:00:${hogSlot(hog).toString(16)}.0`,
    )
  }
}

function mark(verb: 'fill' | 'filled', cpu: number): string {
  return `echo '${actMarker(verb, { cpu })}' >${TRACEFS}/trace_marker`
}
