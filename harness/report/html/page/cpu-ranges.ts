/** Where do the CPUs of a mask lie in a lane? Lists as the kernel prints them become spans of columns, and those a background. */

/** From a CPU up to and including another. */
export type CpuRange = readonly [first: number, last: number]

/** `0-3,8` as spans; the empty text has none. */
export function rangesOf(list: string): readonly CpuRange[] {
  return list === ''
    ? []
    : list.split(',').map((part) => {
        const [first = 0, last = first] = part.split('-').map(Number)
        return [first, last] as const
      })
}

/** How many CPUs. */
export function sizeOf(ranges: readonly CpuRange[]): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)
}

/** Whether the CPU is one of them. */
export function hasCpu(ranges: readonly CpuRange[], cpu: number): boolean {
  return ranges.some(([first, last]) => first <= cpu && cpu <= last)
}

/** `CPU 3`, `CPUs 0-3`, `no CPU`. */
export function cpuWords(list: string): string {
  return list === '' ? 'no CPU' : `${/[-,]/.test(list) ? 'CPUs' : 'CPU'} ${list}`
}

/** Of a lane of so many columns, in per cent: the left edge of a CPU. */
export function leftOf(cpu: number, columns: number): number {
  return Math.round((cpu / columns) * 1e5) / 1e3
}

/** One background for a whole mask, however many spans it has: the colour there, nothing elsewhere. */
export function stripes(ranges: readonly CpuRange[], columns: number, colour: string): string {
  const stops = ranges.flatMap(([first, last]) => {
    const [from, to] = [leftOf(first, columns), leftOf(last + 1, columns)]
    return [`transparent ${from}%`, `${colour} ${from}%`, `${colour} ${to}%`, `transparent ${to}%`]
  })
  return stops.length === 0 ? 'none' : `linear-gradient(to right, ${stops.join(', ')})`
}

/** The CPU of the mask that is nearest: where the arrow of a request that waits points. */
export function nearest(ranges: readonly CpuRange[], cpu: number): number | undefined {
  const ends = ranges.flatMap(([first, last]) => (cpu < first ? [first] : cpu > last ? [last] : [cpu]))
  return ends.toSorted((a, b) => Math.abs(a - cpu) - Math.abs(b - cpu))[0]
}
