/** The machine of a diagnosis on its page: its CPUs as a map, and what else decides where interrupts go. */
import type { CpuMask } from '../../irq/cpu-mask.ts'
import { isRemapped } from '../../irq/irqchip.ts'
import { cpusInWords, lastOf } from '../../diagnose/evidence.ts'
import type { Observed } from '../../diagnose/observed.ts'
import { OF_DEVICE } from '../diagnosis-table.ts'
import { escapeHtml } from './escape.ts'

const LISTED_MAX = 12

/** HTML. */
export function machinePart(seen: Observed): string {
  const pairs = facts(seen).map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${value}</dd>`)
  return `${cpuMap(seen)}\n<dl class="pairs facts">${pairs.join('')}</dl>`
}

/** Name and HTML of each fact that is known. */
function facts(seen: Observed): readonly (readonly [string, string])[] {
  const { cpus, balancers, settings, defaultMask, vectorsLeft, defects, unread, wentOffline } = seen
  const chips = [
    ...new Set(
      seen.irqs.filter(({ action }) => action !== '').map(({ chip }) => chip.replace(OF_DEVICE, '')),
    ),
  ]
  const remapped = chips.some(isRemapped)
  const isolated = cpus.isolated.isEmpty ? 'none' : cpusInWords(cpus.isolated)
  const scarce =
    vectorsLeft === undefined
      ? undefined
      : [...vectorsLeft].toSorted(([, a], [, b]) => a - b).slice(0, LISTED_MAX)
  const running = balancers.map(({ name, pids }) => `${name} (process ${pids.join(', ')})`)
  return [
    ['kernel', text(seen.releaseText ?? 'not known')],
    [
      'interrupt remapping',
      text(
        remapped
          ? 'on: a new mask takes effect with the write'
          : `off: a new mask waits for the next interrupt of its irq${seen.iommuTable === undefined ? '' : `; the firmware has an IOMMU (${seen.iommuTable})`}`,
      ),
    ],
    ['irqchips', text(chips.join(', '))],
    ['CPUs set apart', text(isolated)],
    ['default mask of new irqs', text(defaultMask === undefined ? 'not read' : cpusInWords(defaultMask))],
    ['command line', cpus.words.length === 0 ? 'nothing about CPUs and interrupts' : code(cpus.words)],
    [
      'who writes masks',
      running.length === 0 ? 'neither irqbalance nor tuned runs' : text(running.join(', ')),
    ],
    ...optional('their settings', settings),
    [
      'vectors left',
      scarce === undefined
        ? 'not read: needs root and a kernel with CONFIG_GENERIC_IRQ_DEBUGFS'
        : text(`the fewest: ${scarce.map(([cpu, left]) => `${left} on CPU ${cpu}`).join(', ')}`),
    ],
    ...optional(
      'CPUs that went offline',
      wentOffline.map(({ line }) => line),
    ),
    ...optional('the capture is damaged', defects),
    ...optional('not read', unread),
  ]
}

function optional(name: string, lines: readonly string[]): readonly (readonly [string, string])[] {
  return lines.length === 0 ? [] : [[name, code(lines)]]
}

function text(words: string): string {
  return escapeHtml(words)
}

function code(lines: readonly string[]): string {
  const shown = lines.slice(0, LISTED_MAX).map((line) => `<code>${escapeHtml(line)}</code>`)
  return `${shown.join('<br>')}${lines.length > LISTED_MAX ? `<br>and ${lines.length - LISTED_MAX} more` : ''}`
}

/** A square a CPU. */
function cpuMap({ cpus, vectorsLeft }: Observed): string {
  const online = lastOf(cpus.online)
  const all = cpus.possible ?? online
  if (online === undefined || all === undefined) return '<p>Which CPUs there are could not be read.</p>'
  const squares = all.cpus.map((cpu) => {
    const state = online.has(cpu) ? (cpus.isolated.has(cpu) ? 'isolated' : 'online') : 'offline'
    const left = vectorsLeft?.get(cpu)
    return `<span class="cpu ${state}" title="CPU ${cpu}: ${STATE_WORDS[state]}${left === undefined ? '' : `, ${left} vectors left`}">${cpu}</span>`
  })
  const label = [
    `${cpusInWords(online)} online`,
    ...(cpus.isolated.isEmpty ? [] : [`${cpus.isolated.toList()} set apart`]),
    ...withOffline(all.minus(online)),
  ].join('; ')
  const many = squares.length > MANY ? ' many' : ''
  return `<p class="cpu-words">${escapeHtml(label)}</p><div class="cpus${many}" aria-hidden="true">${squares.join('')}</div>`
}

const STATE_WORDS = { online: 'online', isolated: 'online and set apart', offline: 'offline' } as const
/** More squares than this have no room for their numbers. */
const MANY = 96

function withOffline(offline: CpuMask): readonly string[] {
  return offline.isEmpty ? [] : [`${offline.toList()} offline`]
}
