/** docs/KERNELS.md: what was seen on which kernel, in Markdown, and nothing that is not in a record. */
import type { RunRecord } from '../record/run-record.ts'
import { type Cell, kernelNames, type Matrix, matrixOf } from './matrix.ts'

/** The text of the page. `command` is what it was made by. Kernels come oldest first. */
export function kernelsPage(records: readonly RunRecord[], command: string): string {
  const sorted = records.toSorted((a, b) => byRelease(a.kernel.release, b.kernel.release))
  const matrix = matrixOf(sorted)
  const lines = [
    '# Kernels that were asked',
    '',
    `<!-- Made by \`${command}\` from records. Do not edit: run it again. -->`,
    '',
    ...origin(records, matrix),
    '',
    '## The kernels',
    '',
    ...kernelTable(sorted, matrix),
    '',
    ...matrix.machines.flatMap((machine) => machineSection(matrix, machine, sorted)),
    ...others(sorted),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function origin(records: readonly RunRecord[], { kernels, machines, scenarios }: Matrix): readonly string[] {
  const days = unique(records.map(({ timings }) => timings.startedAt.slice(0, 10))).toSorted()
  const qemus = unique(records.map(({ accel }) => accel.qemu))
  const accelerators = unique(records.map(({ accel }) => accel.used))
  const guests = unique(records.map(({ guest }) => guest.sha256.slice(0, 12)))
  const span = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0]
  return [
    `${records.length} runs of ${span}: ${scenarios.length} scenarios on ${kernels.length} kernels and ${machines.length} machines (${machines.join(', ')}).`,
    '',
    `- QEMU: ${qemus.join('; ')}, with ${accelerators.join(' and ')}`,
    `- guest: the micro guest with SHA-256 ${guests.join(', ')}...`,
  ]
}

function kernelTable(records: readonly RunRecord[], { kernels, machines }: Matrix): readonly string[] {
  const nameOf = kernelNames(records)
  const head = [
    'release',
    'package',
    'suites',
    'SHA-256',
    'cleanup',
    ...machines.map((name) => `irqchip, ${name}`),
  ]
  const rows = kernels.map((name) => {
    const own = records.filter((record) => nameOf(record) === name)
    const told = (values: readonly (string | undefined)[]) =>
      unique(values.flatMap((value) => (value === undefined ? [] : [value]))).join(', ') || '-'
    return [
      `\`${name}\``,
      told(own.map(({ kernel }) => kernel.packageVersion)),
      told(own.flatMap(({ kernel }) => kernel.suites ?? [])),
      told(own.map(({ kernel }) => kernel.sha256.slice(0, 12))),
      told(own.flatMap(({ predictions = [] }) => predictions.map(({ cleanup }) => cleanup))),
      ...machines.map((machine) =>
        told(
          own
            .filter((record) => record.machine.name === machine)
            .flatMap(({ predictions = [] }) => predictions.map(({ chip }) => `\`${chipStyle(chip)}\``)),
        ),
      ),
    ]
  })
  return [
    'Cleanup: what frees the vector on the old CPU, as predicted before each write and judged by the law `released`. DEVICE: the PCI address that the name ends in.',
    '',
    ...table(head, rows),
  ]
}

function machineSection(matrix: Matrix, machine: string, records: readonly RunRecord[]): readonly string[] {
  const scenarios = matrix.scenarios.filter((scenario) =>
    matrix.kernels.some((kernel) => matrix.cell(scenario, kernel, machine) !== undefined),
  )
  const rows = matrix.kernels.map((kernel) => [
    `\`${kernel}\``,
    ...scenarios.map((scenario) => cellText(matrix.cell(scenario, kernel, machine))),
  ])
  const topology = records.find((record) => record.machine.name === machine)?.machine ?? {}
  const { name: _, ...rest } = topology as Readonly<Record<string, unknown>>
  return [
    `## ${machine}`,
    '',
    `\`${JSON.stringify(rest)}\``,
    '',
    'What was predicted of the moves, and the outcome of the run:',
    '',
    ...table(['release', ...scenarios], rows),
    '',
  ]
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '-'
  const many = cell.records.length > 1
  const words = cell.outcomes.map(({ outcome, count }) => (many ? `${count} ${outcome}` : outcome))
  return `${cell.predicted === undefined ? '' : `${cell.predicted}: `}${words.join(', ')}${cell.said ? ', with a declared message' : ''}`
}

/** What neither passed nor was skipped, with its reason; and each reason of a skip once. */
function others(records: readonly RunRecord[]): readonly string[] {
  const bad = records.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip')
  const skips = unique(
    records.flatMap(({ outcome, scenario, machine, need }) =>
      outcome === 'skip'
        ? [`- \`${scenario}\` on ${machine.name}: needs ${need ?? 'what is not known'}`]
        : [],
    ),
  )
  const again = records.filter(({ attempts }) => attempts > 1)
  return [
    '## What did not pass',
    '',
    ...(bad.length === 0 ? ['Nothing.'] : bad.map(badLine)),
    '',
    ...(again.length === 0
      ? []
      : [
          'Tried more than once:',
          '',
          ...again.map((one) => `- ${where(one)}: ${one.attempts} attempts`),
          '',
        ]),
    ...(skips.length === 0 ? [] : ['## What was skipped', '', ...skips, '']),
  ]
}

function badLine(record: RunRecord): string {
  const stage = record.stage === undefined ? '' : `${record.stage}: `
  const reason = record.reason.replaceAll(/\s+/g, ' ')
  const said = (record.messages ?? [])
    .filter(({ line }) => !reason.includes(line))
    .map(({ line, count }) => `; as declared it says (${count} times): ${line}`)
  return `- ${where(record)}: **${record.outcome}**: ${stage}${reason}${said.join('')}`
}

function where({ scenario, kernel, machine }: RunRecord): string {
  return `\`${scenario}\` on \`${kernel.release}\`, ${machine.name}`
}

/** From 6.2 on the chip of a PCI device has the device's address in its name. */
function chipStyle(chip: string): string {
  return chip.replace(/-[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, '-DEVICE')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)]
}

function byRelease(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

function unique<T>(all: readonly T[]): readonly T[] {
  return [...new Set(all)]
}
