/** docs/KERNELS.md: what was seen on which kernel, in Markdown, and nothing that is not in a record. */
import type { RunRecord } from '../record/run-record.ts'
import { outcomeSections } from './kernels-outcomes.ts'
import { kernelNames, type Matrix, matrixOf } from './matrix.ts'
import { markdownTable } from './markdown-table.ts'

/** The text of the page. `command` is what it was made by. Kernels come oldest first. */
export function kernelsPage(records: readonly RunRecord[], command: string): string {
  const sorted = records.toSorted(
    (a, b) =>
      byVersion(a.kernel.release, b.kernel.release) ||
      (a.scenario < b.scenario ? -1 : Number(a.scenario > b.scenario)),
  )
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
    ...outcomeSections(sorted, matrix),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function origin(records: readonly RunRecord[], { kernels, machines, scenarios }: Matrix): readonly string[] {
  const days = unique(records.map(({ timings }) => timings.startedAt.slice(0, 10))).toSorted()
  const qemus = unique(records.flatMap(({ accel }) => accel.qemu ?? []))
  const accelerators = unique(records.map(({ accel }) => accel.used))
  const guests = unique(records.flatMap(({ guest }) => guest.sha256?.slice(0, 12) ?? []))
  const span = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0]
  return [
    `${records.length} runs of ${span}: ${scenarios.length} scenarios on ${kernels.length} kernels and ${machines.length} machines (${machines.toSorted().join(', ')}).`,
    '',
    `- QEMU: ${qemus.join('; ')}, with ${accelerators.join(' and ')}`,
    `- guest: the micro guest with SHA-256 ${guests.join(', ')}...`,
  ]
}

function kernelTable(records: readonly RunRecord[], { kernels }: Matrix): readonly string[] {
  const nameOf = kernelNames(records)
  const head = ['release', 'package', 'suites', 'SHA-256', 'cleanup', 'irqchips']
  const rows = kernels.map((name) => {
    const own = records.filter((record) => nameOf(record) === name)
    const told = (values: readonly (string | undefined)[]) =>
      unique(values.flatMap((value) => (value === undefined ? [] : [value]))).join(', ') || '-'
    return [
      `\`${name}\``,
      told(own.map(({ kernel }) => kernel.packageVersion)),
      told(own.flatMap(({ kernel }) => kernel.suites ?? [])),
      told(own.map(({ kernel }) => kernel.sha256?.slice(0, 12))),
      told(own.flatMap(({ predictions = [] }) => predictions.map(({ cleanup }) => cleanup))),
      told(
        own
          .flatMap(({ predictions = [] }) => predictions.map(({ chip }) => `\`${chipStyle(chip)}\``))
          .toSorted(),
      ),
    ]
  })
  return [
    'Cleanup: what frees the vector on the old CPU, as predicted before each write and judged by the law `released`. Irqchips: of all irqs that were written to, on all machines. DEVICE: the PCI address that the name ends in.',
    '',
    ...markdownTable(head, rows),
  ]
}

/** From 6.2 on the chip of a PCI device has the device's address in its name. */
function chipStyle(chip: string): string {
  return chip.replace(/-[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/, '-DEVICE')
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

function unique<T>(all: readonly T[]): readonly T[] {
  return [...new Set(all)]
}
