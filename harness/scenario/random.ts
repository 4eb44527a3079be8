/** Seeded choices: the same seed makes the same choices, so a run can be repeated. */
import { xorshift128plus } from 'pure-rand/generator/xorshift128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { assert, Trouble } from '../base/errors.ts'
import { CpuMask } from '../irq/cpu-mask.ts'

/** The choices of one run, all drawn from one seed. */
export class Random {
  readonly seed: number
  readonly #generator
  readonly #online: CpuMask

  /** Masks are drawn from the online CPUs. */
  constructor(seed: number, online: CpuMask) {
    this.seed = seed
    this.#generator = xorshift128plus(seed)
    this.#online = online
  }

  /** One of the choices. Throws `Bug` when there is none. */
  pick<T extends string | number | object>(choices: readonly T[]): T {
    assert(choices.length > 0, 'something to pick from')
    const choice = choices[uniformInt(this.#generator, 0, choices.length - 1)]
    assert(choice !== undefined, 'a choice within the list')
    return choice
  }

  /** A mask of `cpus` online CPUs, none of them in `not`. Throws `Trouble` when the guest has not so many. */
  maskExcluding(not: CpuMask, options: { readonly cpus?: number } = {}): CpuMask {
    const wanted = options.cpus ?? 1
    const left = [...this.#online.minus(not).cpus]
    if (left.length < wanted) {
      throw new Trouble(
        'scenario.choice',
        `The guest has no ${wanted} online CPUs outside ${not.toList()}: online are ${this.#online.toList()}`,
      )
    }
    const chosen: number[] = []
    while (chosen.length < wanted) {
      const cpu = this.pick(left.filter((candidate) => !chosen.includes(candidate)))
      chosen.push(cpu)
    }
    return CpuMask.of(...chosen)
  }
}
