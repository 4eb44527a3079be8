/** Which kernel of one campaign is to be compared with which of another? The same, or the only ones that are left. */

/**
 * Kernels of the second by those of the first, as they were asked for. Two campaigns of one kernel each are compared
 * whatever the kernels are called: that is what they were run for.
 */
export function kernelPairs(
  first: readonly string[],
  second: readonly string[],
): ReadonlyMap<string, string> {
  const [as, bs] = [new Set(first), new Set(second)]
  const pairs = new Map([...as].filter((kernel) => bs.has(kernel)).map((kernel) => [kernel, kernel]))
  const left = [...as].filter((kernel) => !bs.has(kernel))
  const right = [...bs].filter((kernel) => !as.has(kernel))
  const [one, other] = [left[0], right[0]]
  if (left.length === 1 && right.length === 1 && one !== undefined && other !== undefined)
    pairs.set(one, other)
  return pairs
}
