/** A set of CPUs in the two text forms of the kernel: the list `0-3,8` and the hexadecimal mask `ff,00000001`. */
import { assert } from '../base/errors.ts'
import { formatHexMask, parseHexMask } from './cpu-mask-hex.ts'
import { formatCpuList, parseCpuList } from './cpu-mask-list.ts'
import { wholeLines } from './malformed-text.ts'

/** Highest CPU number plus one that any x86 kernel is built for (NR_CPUS with MAXSMP). */
const cpuCountMax = 8192

/** An immutable set of CPU numbers, each from 0 to 8191. */
export class CpuMask {
  /** The CPUs, ascending, each once. */
  readonly cpus: readonly number[]
  readonly #set: ReadonlySet<number>

  private constructor(cpus: Iterable<number>) {
    this.cpus = Object.freeze([...new Set(cpus)].sort((a, b) => a - b))
    this.#set = new Set(this.cpus)
  }

  /** The mask of these CPUs, in any order; of none at all it is the empty mask. Throws `Bug` for what is no CPU number. */
  static of(...cpus: readonly number[]): CpuMask {
    for (const cpu of cpus) {
      assert(Number.isInteger(cpu) && cpu >= 0 && cpu < cpuCountMax, `${cpu} is a CPU number`)
    }
    return new CpuMask(cpus)
  }

  /**
   * Reads a list such as `0-3,8`; one trailing newline is allowed. Throws `MalformedText`, also for the empty list:
   * where an empty mask has a meaning, ask with `fromListOrEmpty`.
   */
  static fromList(text: string, source = 'cpu list'): CpuMask {
    return new CpuMask(parseCpuList(text, source, { cpuCountMax, emptyAllowed: false }))
  }

  /** As `fromList`, but the empty text is the empty mask. Throws `MalformedText`. */
  static fromListOrEmpty(text: string, source = 'cpu list'): CpuMask {
    return new CpuMask(parseCpuList(text, source, { cpuCountMax, emptyAllowed: true }))
  }

  /**
   * Reads a hexadecimal mask: digits in groups of eight, set apart by commas, the first group may be shorter. One
   * trailing newline is allowed. `0` is the empty mask, an empty text is not. Throws `MalformedText`.
   */
  static fromHex(text: string, source = 'hexadecimal cpu mask'): CpuMask {
    return new CpuMask(parseHexMask(text, source, { cpuCountMax }))
  }

  /**
   * Reads a whole file in list form, such as `smp_affinity_list`: the newline at its end must be there, else the text
   * was cut and `0-3,1` may have been `0-3,12`. The kernel prints the empty mask as an empty line. Throws `MalformedText`.
   */
  static fromListFile(text: string, source: string): CpuMask {
    wholeLines(source, text)
    return CpuMask.fromListOrEmpty(text, source)
  }

  /** As `fromListFile`, for a file in hexadecimal form, such as `affinity_hint`. Throws `MalformedText`. */
  static fromHexFile(text: string, source: string): CpuMask {
    wholeLines(source, text)
    return CpuMask.fromHex(text, source)
  }

  get size(): number {
    return this.cpus.length
  }

  get isEmpty(): boolean {
    return this.cpus.length === 0
  }

  has(cpu: number): boolean {
    return this.#set.has(cpu)
  }

  equals(other: CpuMask): boolean {
    return this.size === other.size && this.isSubsetOf(other)
  }

  /** True when every CPU of this mask is in the other one. The empty mask is a subset of every mask. */
  isSubsetOf(other: CpuMask): boolean {
    return this.cpus.every((cpu) => other.has(cpu))
  }

  /** The CPUs of this mask that are not in the other one. */
  minus(other: CpuMask): CpuMask {
    return new CpuMask(this.cpus.filter((cpu) => !other.has(cpu)))
  }

  union(other: CpuMask): CpuMask {
    return new CpuMask([...this.cpus, ...other.cpus])
  }

  intersect(other: CpuMask): CpuMask {
    return new CpuMask(this.cpus.filter((cpu) => other.has(cpu)))
  }

  /** The one CPU of this mask. Throws `Bug` unless there is exactly one: ask `size` first where that is not certain. */
  only(): number {
    const [cpu] = this.cpus
    assert(cpu !== undefined && this.size === 1, `the mask "${this.toList()}" has exactly one CPU`)
    return cpu
  }

  /** The list form as the kernel prints it (`%*pbl`): ascending, runs joined, empty for the empty mask. */
  toList(): string {
    return formatCpuList(this.cpus)
  }

  /**
   * The hexadecimal form, without leading zeros; with `cpuCount` exactly as a kernel of that many possible CPUs
   * prints it (`%*pb`). Throws `Bug` when a CPU of the mask is beyond that count.
   */
  toHex(cpuCount?: number): string {
    const last = this.cpus.at(-1) ?? 0
    assert(cpuCount === undefined || cpuCount > last, `CPU ${last} is one of ${cpuCount} CPUs`)
    return formatHexMask(this.cpus, cpuCount)
  }

  toString(): string {
    return this.toList()
  }

  toJSON(): string {
    return this.toList()
  }
}
