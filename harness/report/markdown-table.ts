/** A table in Markdown, as prettier would lay it out. */

/** The lines of the table, head first. A bar within a cell is no border. */
export function markdownTable(
  titles: readonly string[],
  cells: readonly (readonly string[])[],
): readonly string[] {
  const [head = [], ...rows] = [titles, ...cells].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}
