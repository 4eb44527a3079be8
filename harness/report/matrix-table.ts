/** The matrix on a screen: a block for each scenario, a row for each kernel, a column for each machine. */
import type { RunRecord } from '../record/run-record.ts'
import { pad, type Palette } from './colour.ts'
import { type Cell, type Matrix, matrixOf } from './matrix.ts'

/** Wider than this it would break on a terminal of 80 columns. */
const WIDTH_MAX = 80
const NAME_MAX = 44
const INDENT = '  '

/** The table's lines; none unless some scenario was asked on more than one kernel or machine. */
export function matrixLines(records: readonly RunRecord[], palette: Palette): readonly string[] {
  const matrix = matrixOf(records)
  const isWorthIt = matrix.scenarios.some(
    (scenario) => new Set(records.filter((one) => one.scenario === scenario).map(placeOf)).size > 1,
  )
  if (!isWorthIt) return []
  const names = new Map(matrix.kernels.map((name) => [name, shortened(name)]))
  const first = Math.max(...[...names.values()].map((name) => name.length)) + INDENT.length + 2
  const widths = matrix.machines.map((machine) => ({ machine, width: columnWidth(matrix, machine) }))
  return sideBySide(widths, WIDTH_MAX - first).flatMap((columns) => {
    const head = columns.map(({ machine, width }) => pad(machine, width)).join('')
    const title = `${pad('predicted, seen', first)}${head}`.trimEnd()
    return [palette.dim(title), ...blocks(matrix, columns, names, first, palette)]
  })
}

interface Column {
  readonly machine: string
  readonly width: number
}

function blocks(
  matrix: Matrix,
  columns: readonly Column[],
  names: ReadonlyMap<string, string>,
  first: number,
  palette: Palette,
): readonly string[] {
  return matrix.scenarios.flatMap((scenario) => {
    const rows = matrix.kernels.flatMap((kernel) => {
      const cells = columns.map((column) => ({
        ...column,
        cell: matrix.cell(scenario, kernel, column.machine),
      }))
      if (cells.every(({ cell }) => cell === undefined)) return []
      const painted = cells.map(({ cell, width }) => pad(cellText(cell, palette), width)).join('')
      return [`${INDENT}${pad(names.get(kernel) ?? kernel, first - INDENT.length)}${painted}`.trimEnd()]
    })
    return rows.length === 0 ? [] : [palette.bold(scenario), ...rows]
  })
}

const PREDICTED_WIDTH = 'immediate'.length + 1

function cellText(cell: Cell | undefined, palette: Palette): string {
  if (cell === undefined) return ''
  const words = outcomeWords(cell).map(({ text, outcome }) => palette.outcome[outcome](text))
  return `${pad(cell.predicted ?? '-', PREDICTED_WIDTH)}${words.join(', ')}`
}

/** Behind the outcomes where the kernel complained, as declared for it. */
const SAID = ' +message'

/** `pass`, or `1 fail, 9 pass`, or `known +message`. */
function outcomeWords({ outcomes, said }: Cell) {
  return outcomes.map(({ outcome, count }, at) => ({
    outcome,
    text: `${outcomes.length === 1 && count === 1 ? outcome : `${count} ${outcome}`}${said && at === outcomes.length - 1 ? SAID : ''}`,
  }))
}

function columnWidth(matrix: Matrix, machine: string): number {
  const lengths = matrix.scenarios.flatMap((scenario) =>
    matrix.kernels.map((kernel) => {
      const cell = matrix.cell(scenario, kernel, machine)
      if (cell === undefined) return 0
      const words = outcomeWords(cell).map(({ text }) => text)
      return PREDICTED_WIDTH + words.join(', ').length
    }),
  )
  return Math.max(machine.length, ...lengths) + 2
}

/** Columns, as many in a row as fit; one that never fits stands alone. */
function sideBySide(columns: readonly Column[], room: number): readonly (readonly Column[])[] {
  const groups: Column[][] = []
  let left = 0
  for (const column of columns) {
    // The two columns of air behind the last one may go beyond.
    if (column.width - 2 > left || groups.length === 0) {
      groups.push([])
      left = room
    }
    groups.at(-1)?.push(column)
    left -= column.width
  }
  return groups
}

/** A path is told by its end, a release by its beginning. */
function shortened(name: string): string {
  if (name.length <= NAME_MAX) return name
  return `${name.slice(0, 20)}...${name.slice(name.length - (NAME_MAX - 23))}`
}

function placeOf({ kernel, machine }: RunRecord): string {
  return `${kernel.sha256} ${machine.name}`
}
