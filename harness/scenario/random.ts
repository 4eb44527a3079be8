/** Seeded choices: the same seed makes the same choices, so a run can be repeated. */
import { xorshift128plus } from 'pure-rand/generator/xorshift128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { assert, NotApplicable, Trouble } from '../base/errors.ts'
import { CpuMask } from '../irq/cpu-mask.ts'

/** CPUs of the machine that scenarios are written for. */
const USUAL_CPUS = 4

/** The choices of one run, all drawn from one seed. */
export class Random {
  readonly seed: number
  readonly #generator
  readonly #online: () => CpuMask
  readonly #first: CpuMask

  /** Masks are drawn from the CPUs that are online when they are drawn. */
  constructor(seed: number, online: CpuMask | (() => CpuMask)) {
    this.seed = seed
    this.#generator = xorshift128plus(seed)
    this.#online = typeof online === 'function' ? online : () => online
    this.#first = this.#online()
  }

  /** One of the choices. Throws `Bug` when there is none. */
  pick<T extends string | number | object>(choices: readonly T[]): T {
    assert(choices.length > 0, 'something to pick from')
    const choice = choices[uniformInt(this.#generator, 0, choices.length - 1)]
    assert(choice !== undefined, 'a choice within the list')
    return choice
  }

  /** A mask of `cpus` of these CPUs. */
  maskOf(among: CpuMask, options: { readonly cpus?: number } = {}): CpuMask {
    return this.#draw([...among.cpus], options.cpus ?? 1)
  }

  /**
   * A mask of `cpus` online CPUs, none of them in `not`. When there are not so many it throws `NotApplicable` in a guest that
   * has fewer CPUs than scenarios are written for, else `Trouble`.
   */
  maskExcluding(not: CpuMask, options: { readonly cpus?: number } = {}): CpuMask {
    const wanted = options.cpus ?? 1
    const online = this.#online()
    const left = [...online.minus(not).cpus]
    if (left.length < wanted) {
      const others = `${wanted} online CPU${wanted === 1 ? '' : 's'} outside ${not.toList()}`
      const why = `The guest has no ${others}: online are ${online.toList()}`
      throw this.#first.size < USUAL_CPUS
        ? new NotApplicable('more CPUs', `needs more CPUs: ${why}`)
        : new Trouble('scenario.choice', why)
    }
    return this.#draw(left, wanted)
  }

  #draw(left: readonly number[], wanted: number): CpuMask {
    assert(left.length >= wanted, `${wanted} CPUs to draw from`)
    const chosen: number[] = []
    while (chosen.length < wanted) {
      const cpu = this.pick(left.filter((candidate) => !chosen.includes(candidate)))
      chosen.push(cpu)
    }
    return CpuMask.of(...chosen)
  }
}
