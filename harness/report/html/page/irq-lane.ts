/** One irq over the CPUs: what was requested, where it is, where it was counted, and the way that a request still has to go. */
import type { DiagnosisData, IrqData } from '../irq-data.ts'
import { element } from './build.ts'
import { cpuWords, hasCpu, leftOf, nearest, rangesOf, sizeOf, stripes } from './cpu-ranges.ts'

/** With more columns a count has no room for its digits. */
const DIGITS_COLUMNS_MAX = 16

/** A request that is not made: effective is outside of it, or the kernel's own bit says so. */
export function isPending({ findings = [] }: IrqData): boolean {
  return findings.some(({ name }) => name.startsWith('pending-'))
}

/** The lane. Its label says it all to whoever cannot see it. */
export function irqLane(irq: IrqData, { columns, seconds }: DiagnosisData): HTMLElement {
  const pending = isPending(irq)
  const requested = rangesOf(irq.requested?.now ?? '')
  const effective = rangesOf(irq.effective?.now ?? '')
  const lane = element('span', { class: 'lane', role: 'img', 'aria-label': laneWords(irq, pending, seconds) })
  const band = element('span', { class: pending ? 'band pending' : 'band' })
  band.style.backgroundImage = stripes(requested, columns, `var(--band-${pending ? 'pending' : 'effective'})`)
  lane.append(band)
  const here = effective[0]?.[0]
  const before = rangesOf(irq.effective?.before ?? '')[0]?.[0]
  if (before !== undefined && here !== undefined) lane.append(arrow(before, here, columns, 'moved'))
  const target =
    here === undefined || !pending || hasCpu(requested, here) ? undefined : nearest(requested, here)
  if (here !== undefined && target !== undefined) lane.append(arrow(here, target, columns, 'waits'))
  // As long as nobody has asked for the irq effective may be many CPUs: then it is no place.
  if (here !== undefined && sizeOf(effective) === 1) lane.append(cell('effective', here, columns))
  const busiest = Math.max(1, ...(irq.fired?.on ?? []).map(([, count]) => count))
  for (const [cpu, count] of irq.fired?.on ?? []) {
    const bar = cell('fired', cpu, columns)
    const isElsewhere = effective.length > 0 && !hasCpu(effective, cpu) && irq.effective?.before === undefined
    if (isElsewhere) bar.classList.add('elsewhere')
    if (columns <= DIGITS_COLUMNS_MAX) bar.textContent = short(count)
    else bar.style.height = `${Math.round(20 + (Math.sqrt(count / busiest) * 80) / 2)}%`
    lane.append(bar)
  }
  return lane
}

/** What the lane shows. */
function laneWords(irq: IrqData, pending: boolean, seconds: number | null): string {
  const { requested, effective, fired } = irq
  const changed = (now: string, before: string | undefined) =>
    before === undefined ? cpuWords(now) : `${cpuWords(before)}, then ${cpuWords(now)}`
  return [
    requested === undefined ? 'requested not read' : `requested ${changed(requested.now, requested.before)}`,
    effective === undefined ? 'effective not read' : `effective ${changed(effective.now, effective.before)}`,
    ...(pending ? ['the request waits'] : []),
    fired === undefined
      ? 'fired not known'
      : fired.total === 0
        ? 'no interrupt between the samples'
        : `${fired.total} interrupts${seconds === null ? '' : ` in ${seconds} s`}: ${fired.on.map(([cpu, count]) => `${count} on CPU ${cpu}`).join(', ')}`,
  ].join('; ')
}

function cell(name: string, cpu: number, columns: number): HTMLElement {
  const made = element('span', { class: name })
  made.style.left = `${leftOf(cpu, columns)}%`
  made.style.width = `${leftOf(1, columns)}%`
  return made
}

/** From the middle of one CPU to the middle of another. */
function arrow(from: number, to: number, columns: number, name: string): HTMLElement {
  const made = element('span', { class: `arrow ${name} ${to < from ? 'left' : 'right'}` })
  made.style.left = `${leftOf(Math.min(from, to) + 0.5, columns)}%`
  made.style.width = `${leftOf(Math.abs(to - from), columns)}%`
  return made
}

/** `1234` as `1.2k`: four characters at most. */
export function short(count: number): string {
  if (count < 1000) return String(count)
  const [unit, size] =
    count < 1e6 ? (['k', 1e3] as const) : count < 1e9 ? (['M', 1e6] as const) : (['G', 1e9] as const)
  const scaled = count / size
  return `${scaled < 10 ? scaled.toFixed(1) : Math.floor(scaled)}${unit}`
}
