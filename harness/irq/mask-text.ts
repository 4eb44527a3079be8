/**
 * Which CPUs does a text name, as the kernel reads it? Its two parsers as a model, so that what a write must do is known
 * before it is made.
 */
import { CpuMask } from './cpu-mask.ts'

/** What the kernel makes of a text: CPUs, perhaps none, or the error that it ends with. */
export type Understood = { readonly mask: CpuMask } | { readonly errno: 'EINVAL' | 'ERANGE' | 'EOVERFLOW' }

/** What the parsers depend on. */
export interface ParserFacts {
  /** nr_cpu_ids: the highest possible CPU plus one, online or not. */
  readonly cpus: number
  /** The words `all` and `N` are known (lib/bitmap.c:bitmap_getnum, bitmap_parse_region): not in 5.10, in 6.1 and later. */
  readonly hasWords: boolean
}

/** isspace() of the kernel (lib/ctype.c), and the comma. */
const SEPARATORS = String.raw`[\t\n\v\f\r \xa0,]`
const WORD = 2 ** 32

/**
 * The list form, `0-3,8` or `0-15:1/4`: smp_affinity_list (lib/bitmap.c:bitmap_parselist, lib/bitmap-str.c since 6.8). A
 * newline ends it only right after a number: at the beginning of a region it is a blank like any other.
 */
export function understoodList(text: string, { cpus, hasWords }: ParserFacts): Understood {
  const number = hasWords ? String.raw`(\d+|N)` : String.raw`(\d+)`
  const valueOf = (digits: string) => (digits === 'N' ? cpus - 1 : Number(digits))
  const found: number[] = []
  let rest = text.split('\0')[0] ?? ''
  const take = (form: string): readonly string[] | undefined => {
    const match = new RegExp(`^${form}`).exec(rest)
    if (match === null) return undefined
    rest = rest.slice(match[0].length)
    return match.slice(1)
  }
  const takeNumber = (): number => {
    const [digits] = take(number) ?? []
    if (digits === undefined) throw new Refusal('EINVAL')
    const value = valueOf(digits)
    if (value >= WORD) throw new Refusal('EOVERFLOW')
    return value
  }
  const isOver = () => rest === '' || new RegExp(`^${SEPARATORS}`).test(rest)
  try {
    for (;;) {
      take(`${SEPARATORS}+`)
      if (rest === '') return { mask: CpuMask.of(...found) }
      const isAll = hasWords && take('[aA][lL][lL]') !== undefined
      const first = isAll ? 0 : takeNumber()
      let last = isAll ? cpus - 1 : first
      const isRange = isAll || !isOver()
      if (isRange && !isAll) {
        if (take('-') === undefined) throw new Refusal('EINVAL')
        last = takeNumber()
      }
      let [used, of] = [(last + 1) % WORD, (last + 1) % WORD]
      const isPlain = isOver()
      if (!isPlain) {
        if (take(':') === undefined) throw new Refusal('EINVAL')
        used = takeNumber()
        if (take('/') === undefined) throw new Refusal('EINVAL')
        of = takeNumber()
      }
      if (first > last || of === 0 || used > of) throw new Refusal('EINVAL')
      if (last >= cpus) throw new Refusal('ERANGE')
      for (let cpu = first; cpu <= last; cpu++) if ((cpu - first) % of < used) found.push(cpu)
      if (isPlain && (rest === '' || rest.startsWith('\n'))) return { mask: CpuMask.of(...found) }
    }
  } catch (error) {
    if (error instanceof Refusal) return { errno: error.errno }
    throw error
  }
}

/**
 * The hexadecimal form, `ff,00000001`: smp_affinity (lib/bitmap.c:bitmap_parse). Read from its end: at most eight digits a
 * group, at most one group for each 32 possible CPUs. Only the first line counts. Any other character is EINVAL, as the
 * kernel's own documentation of bitmap_parse has it; the code overlooks one before eight digits.
 */
export function understoodHex(text: string, { cpus }: Pick<ParserFacts, 'cpus'>): Understood {
  const line = /^[^\0\n]*/.exec(text)?.[0] ?? ''
  const groups = line.split(new RegExp(SEPARATORS)).filter((group) => group !== '')
  const found: number[] = []
  for (const [at, group] of groups.toReversed().entries()) {
    if (at >= Math.ceil(cpus / 32)) return { errno: 'EOVERFLOW' }
    const [tail = ''] = /[0-9a-fA-F]{0,9}$/.exec(group) ?? []
    if (tail.length === 9) return { errno: 'EOVERFLOW' }
    if (tail.length < group.length) return { errno: 'EINVAL' }
    const bits = Number.parseInt(group, 16)
    for (let bit = 0; bit < 32; bit++) if ((bits >>> bit) & 1) found.push(at * 32 + bit)
  }
  if (found.some((cpu) => cpu >= cpus)) return { errno: 'EOVERFLOW' }
  return { mask: CpuMask.of(...found) }
}

class Refusal extends Error {
  readonly errno
  constructor(errno: 'EINVAL' | 'ERANGE' | 'EOVERFLOW') {
    super(errno)
    this.errno = errno
  }
}
