/** Labels that would overlap in one row go into several: which row does each get, and where does it stand? Pure. */

/** A label as wide as `width`, that wants its middle at `x`. */
export interface Label {
  readonly x: number
  readonly width: number
}

/** Where a label stands. */
export interface Placed {
  /** The first is 0. */
  readonly row: number
  readonly left: number
}

/** In the order given, each into the first row that has room; none leaves `from` to `to` while it fits in there at all. */
export function rowsOf(
  labels: readonly Label[],
  { from, to, gap }: { readonly from: number; readonly to: number; readonly gap: number },
): readonly Placed[] {
  /** The stretches that each row has given away. */
  const rows: (readonly [left: number, right: number])[][] = []
  return labels.map(({ x, width }) => {
    const left = Math.max(from, Math.min(x - width / 2, to - width))
    const isFree = (row: (typeof rows)[number]) =>
      row.every(([taken, end]) => left >= end + gap || left + width + gap <= taken)
    const free = rows.findIndex(isFree)
    const row = free >= 0 ? free : rows.push([]) - 1
    rows[row]?.push([left, left + width])
    return { row, left }
  })
}
