/** Captures of a small machine, doctored: one quiet machine, and whatever a test changes of it. */
import { createHash } from 'node:crypto'
import { type Capture, captureOf } from './capture.ts'

/** One irq of the doctored machine. A pair is the first sample and the second. */
export interface DoctoredIrq {
  readonly action?: string
  readonly chip?: string
  readonly requested?: string | readonly [string, string]
  readonly effective?: string | readonly [string, string]
  readonly hint?: string
  /** Interrupts between the samples, by CPU. */
  readonly fired?: Readonly<Record<number, number>>
  readonly fixed?: true
  /** Lines of debugfs in the second sample. */
  readonly debug?: readonly string[]
}

/** What a test may change of the machine. */
export interface DoctoredMachine {
  readonly irqs?: Readonly<Record<number, DoctoredIrq>>
  readonly online?: string | readonly [string, string]
  readonly possible?: string
  readonly isolated?: string
  readonly release?: string
  /** As `/proc/sys/kernel/version`. */
  readonly build?: string
  /** More lines of host.txt, such as those of NUMA nodes. */
  readonly host?: readonly string[]
  readonly words?: readonly string[]
  readonly links?: readonly string[]
  readonly balancers?: readonly string[]
  readonly settings?: readonly string[]
  readonly log?: readonly string[]
  readonly vectors?: readonly string[]
  /** One sample alone. */
  readonly single?: true
  /** Interrupts since boot at the first sample, by irq and CPU; ten times the CPU's number when absent. */
  readonly since?: Readonly<Record<number, Readonly<Record<number, number>>>>
  /** Totals since boot of /proc/stat, by irq, read seconds later. */
  readonly totals?: { readonly seconds?: number; readonly irqs: Readonly<Record<number, number>> }
  /** Units and scripts that write masks: `file:irq 24 smp_affinity_list 1`. */
  readonly writers?: readonly string[]
}

const CPUS = [0, 1, 2, 3]

/** A quiet machine of four CPUs, with these changes; irqs 24 to 27 are queues of a NIC, each on its CPU. */
export function doctoredCapture(machine: DoctoredMachine = {}): Capture {
  const { files } = texts(machine)
  const sums = [...files].map(
    ([path, text]) => `${createHash('sha256').update(text).digest('hex')}  ./${path}\n`,
  )
  files.set('SHA256SUMS', sums.join(''))
  return captureOf(new Map([...files].map(([path, text]) => [`irqlab-capture/${path}`, Buffer.from(text)])))
}

function texts(machine: DoctoredMachine): { readonly files: Map<string, string> } {
  const irqs = new Map(CPUS.map((cpu): [number, DoctoredIrq] => [24 + cpu, {}]))
  for (const [number, irq] of Object.entries(machine.irqs ?? {})) irqs.set(Number(number), irq)
  const each = (lines: (number: number, irq: DoctoredIrq) => readonly string[]) =>
    [...irqs]
      .flatMap(([number, irq]) => lines(number, irq))
      .map((line) => `${line}\n`)
      .join('')
  const files = new Map<string, string>()
  const put = (path: string, text: string) => void files.set(path, text)
  put(
    'manifest.json',
    '{"schema":"irqlab.capture/1","takenAt":"2026-11-22T12:00:00Z","intervalSeconds":5,"asRoot":true,"anonymised":false}\n',
  )
  for (const [at, sample] of (machine.single ? ['first'] : ['first', 'second']).entries()) {
    const online = one(machine.online ?? '0-3', at)
    put(`${sample}/uptime.txt`, `${100 + 5 * at}.00 1.00\n`)
    put(`${sample}/online.txt`, `sys/devices/system/cpu/online:${online}\n`)
    put(
      `${sample}/masks.txt`,
      each((number, { requested, effective }) => [
        `proc/irq/${number}/smp_affinity_list:${one(requested ?? own(number), at)}`,
        `proc/irq/${number}/effective_affinity_list:${one(effective ?? own(number), at)}`,
      ]),
    )
    put(`${sample}/interrupts.txt`, interrupts(irqs, at, machine.since))
    if ([...irqs.values()].some(({ debug }) => debug !== undefined))
      put(
        `${sample}/debug.txt`,
        each((number, { debug }) =>
          (debug ?? []).map((line) => `sys/kernel/debug/irq/irqs/${number}:${line}`),
        ),
      )
  }
  put(
    'irqs.txt',
    each((number, irq) => [
      `proc/irq/${number}/affinity_hint:${irq.hint ?? '0'}`,
      `sys/kernel/irq/${number}/chip_name:${chipOf(irq)}`,
      `sys/kernel/irq/${number}/actions:${actionOf(number, irq)}`,
    ]),
  )
  put(
    'fixed.txt',
    each((number, { fixed }) => (fixed ? [`proc/irq/${number}/smp_affinity_list`] : [])),
  )
  const host = [
    `proc/sys/kernel/osrelease:${machine.release ?? '6.12.107-amd64'}`,
    'proc/irq/default_smp_affinity:f',
    `sys/devices/system/cpu/possible:${machine.possible ?? '0-3'}`,
    `sys/devices/system/cpu/isolated:${machine.isolated ?? ''}`,
    ...(machine.build === undefined ? [] : [`proc/sys/kernel/version:${machine.build}`]),
    ...(machine.host ?? []),
    ...(machine.words ?? []).map((word) => `proc/cmdline:${word}`),
  ]
  put('host.txt', lines(host))
  put('links.txt', lines(machine.links ?? []))
  put('devices.txt', '')
  put('balancers.txt', lines((machine.balancers ?? []).map((name, at) => `proc/${700 + at}/comm:${name}`)))
  put('settings.txt', lines(machine.settings ?? []))
  if (machine.log !== undefined) put('dmesg.txt', lines(machine.log))
  if (machine.vectors !== undefined)
    put('vectors.txt', lines(machine.vectors.map((line) => `sys/kernel/debug/irq/domains/VECTOR:${line}`)))
  const { writers, totals } = machine
  if (writers !== undefined) put('writers.txt', lines(writers))
  if (totals !== undefined)
    put(
      'totals.txt',
      lines([
        ...(totals.seconds === undefined ? [] : [`seconds:${totals.seconds}`]),
        ...Object.entries(totals.irqs).map(([irq, count]) => `proc/stat/${irq}:${count}`),
      ]),
    )
  put('unread.txt', '')
  return { files }
}

function interrupts(
  irqs: ReadonlyMap<number, DoctoredIrq>,
  at: number,
  since: DoctoredMachine['since'] = {},
): string {
  const rows = [...irqs].map(([number, irq]) => {
    const counts = CPUS.map(
      (cpu) => (since[number]?.[cpu] ?? 10 * cpu) + (at === 0 ? 0 : (irq.fired?.[cpu] ?? 0)),
    )
    return `${number}: ${counts.join(' ')}  ${chipOf(irq)}  ${number}-edge  ${actionOf(number, irq)}`
  })
  return lines([
    `  ${CPUS.map((cpu) => `CPU${cpu}`).join(' ')}`,
    ...rows,
    'LOC: 1 1 1 1  Local timer interrupts',
  ])
}

function own(number: number): string {
  return String((number - 24) % CPUS.length)
}

function chipOf({ chip }: DoctoredIrq): string {
  return chip ?? 'PCI-MSIX-0000:00:03.0'
}

function actionOf(number: number, { action }: DoctoredIrq): string {
  return action ?? `virtio0-input.${number - 24}`
}

function one(value: string | readonly [string, string], at: number): string {
  return typeof value === 'string' ? value : (value[at] ?? '')
}

function lines(list: readonly string[]): string {
  return list.map((line) => `${line}\n`).join('')
}
