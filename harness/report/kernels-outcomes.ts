/** How did every scenario end on every kernel? The tables of docs/KERNELS.md, and each thing that did not pass in words. */
import { grouped } from '../base/grouped.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type Cell, kernelNames, type Matrix } from './matrix.ts'
import { markdownTable } from './markdown-table.ts'

/** On a machine that fewer scenarios than this were asked on, they asked for it themselves. */
const SCENARIOS_OF_A_TABLE = 6

/** The sections, in order. */
export function outcomeSections(records: readonly RunRecord[], matrix: Matrix): readonly string[] {
  const asked = matrix.machines
    .toSorted()
    .map((machine) => ({ machine, scenarios: askedOn(matrix, machine) }))
  const large = asked.filter(({ scenarios }) => scenarios.length >= SCENARIOS_OF_A_TABLE)
  const small = asked.filter(({ scenarios }) => scenarios.length < SCENARIOS_OF_A_TABLE)
  return [
    ...large.flatMap(({ machine, scenarios }) => [
      `## ${machine}`,
      '',
      ...topologyOf(records, machine),
      ...outcomeTable(
        matrix,
        ['scenario'],
        scenarios.map((scenario) => ({ scenario, machine, titles: [scenario] })),
      ),
      '',
    ]),
    ...(small.length === 0
      ? []
      : [
          '## Machines that few scenarios ask for',
          '',
          ...outcomeTable(
            matrix,
            ['scenario', 'machine'],
            small.flatMap(({ machine, scenarios }) =>
              scenarios.map((scenario) => ({ scenario, machine, titles: [scenario, machine] })),
            ),
          ),
          '',
        ]),
    ...notPassed(records, matrix),
    ...triedAgain(records),
    ...skipped(records, matrix),
  ]
}

function askedOn(matrix: Matrix, machine: string): readonly string[] {
  return matrix.scenarios
    .filter((scenario) =>
      matrix.kernels.some((kernel) => matrix.cell(scenario, kernel, machine) !== undefined),
    )
    .toSorted()
}

/** Devices are what a scenario asks for, so they are no part of the machine that its name stands for. */
function topologyOf(records: readonly RunRecord[], machine: string): readonly string[] {
  const found = records.find((record) => record.machine.name === machine)?.machine ?? {}
  const { name: _, devices: __, vectorHogs: ___, ...rest } = found as Readonly<Record<string, unknown>>
  return [`\`${JSON.stringify(rest)}\``, '']
}

interface Row {
  readonly scenario: string
  readonly machine: string
  readonly titles: readonly string[]
}

function outcomeTable(matrix: Matrix, titles: readonly string[], rows: readonly Row[]): readonly string[] {
  return markdownTable(
    [...titles, 'predicted', ...matrix.kernels.map(shortName)],
    rows.map(({ scenario, machine, titles: own }) => {
      const cells = matrix.kernels.map((kernel) => matrix.cell(scenario, kernel, machine))
      const predicted = unique(cells.flatMap((cell) => cell?.predicted ?? []))
      return [...own, predicted.join(', ') || '-', ...cells.map(cellText)]
    }),
  )
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '-'
  const many = cell.records.length > 1
  const words = cell.outcomes.map(({ outcome, count }) => {
    const told = outcome === 'pass' || outcome === 'skip' ? outcome : `**${outcome}**`
    return many ? `${count} ${told}` : told
  })
  return `${words.join(', ')}${cell.said ? ', with a declared message' : ''}`
}

/** What neither passed nor was skipped: each scenario and outcome once, in the words of its first run. */
function notPassed(records: readonly RunRecord[], matrix: Matrix): readonly string[] {
  const bad = records.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip')
  const groups = grouped(bad, ({ scenario, outcome, stage = '' }) => `${scenario}\0${outcome}\0${stage}`)
  const lines = [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [badLine(first, [first, ...rest], matrix)],
  )
  return ['## What did not pass', '', ...(lines.length === 0 ? ['Nothing.'] : lines.toSorted()), '']
}

function badLine(first: RunRecord, all: readonly RunRecord[], matrix: Matrix): string {
  const stage = first.stage === undefined ? '' : `${first.stage}: `
  const reason = first.reason.replaceAll(/\s+/g, ' ')
  const said = (first.messages ?? [])
    .filter(({ line }) => !reason.includes(line))
    .map(({ line, count }) => `; as declared it says (${count} times): ${line}`)
  return `- \`${first.scenario}\`: **${first.outcome}** on ${placesOf(all, matrix)}: ${stage}${reason}${said.join('')}`
}

function triedAgain(records: readonly RunRecord[]): readonly string[] {
  const again = records.filter(({ attempts }) => attempts > 1)
  if (again.length === 0) return []
  const where = ({ scenario, kernel, machine }: RunRecord) =>
    `\`${scenario}\` on ${shortName(kernel.release)}, ${machine.name}`
  return ['Tried more than once:', '', ...again.map((one) => `- ${where(one)}: ${one.attempts} attempts`), '']
}

/** By what was needed: on which machine, by which scenarios, and on which kernels if not on all. */
function skipped(records: readonly RunRecord[], matrix: Matrix): readonly string[] {
  const skips = records.filter(({ outcome }) => outcome === 'skip')
  if (skips.length === 0) return []
  const byNeed = grouped(skips, ({ need }) => need ?? 'what is not known')
  const lines = [...byNeed].map(([need, runs]) => {
    const byPlace = grouped([...grouped(runs, ({ scenario }) => scenario)], ([, own]) =>
      placesOf(own, matrix),
    )
    const where = [...byPlace].map(
      ([place, scenarios]) =>
        `${scenarios
          .map(([name]) => `\`${name}\``)
          .toSorted()
          .join(', ')} on ${place}`,
    )
    return `- ${need}: ${where.join('; ')}`
  })
  return [
    '## What was skipped',
    '',
    'By what the guest, its machine or this host would have needed:',
    '',
    ...lines.toSorted(),
    '',
  ]
}

/** Machines, and the kernels where those are not all that the scenario was asked of there. */
function placesOf(records: readonly RunRecord[], matrix: Matrix): string {
  const nameOf = kernelNames(records)
  const byKernels = grouped([...grouped(records, ({ machine }) => machine.name)], ([machine, runs]) => {
    const seen = new Set(runs.map(nameOf))
    const isAll = matrix.kernels.every(
      (kernel) =>
        seen.has(kernel) ||
        runs.every(({ scenario }) => matrix.cell(scenario, kernel, machine) === undefined),
    )
    return isAll ? '' : ` with ${[...seen].map(shortName).join(', ')}`
  })
  return [...byKernels]
    .map(
      ([kernels, machines]) =>
        `${machines
          .map(([name]) => name)
          .toSorted()
          .join(', ')}${kernels}`,
    )
    .join('; ')
}

/** A release without the end that all kernels of Debian have. */
function shortName(kernel: string): string {
  return kernel.replace(/-cloud-amd64(?= |$)/, '')
}

function unique<T>(all: readonly T[]): readonly T[] {
  return [...new Set(all)]
}
