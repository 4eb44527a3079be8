/** A doctored machine on disk: as much of proc/ and sys/ as the collecting script reads, of any size. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** How large it is. */
export interface TreeSize {
  readonly cpus: number
  readonly irqs: number
  /** The mask that is asked for, and the effective one, by the irq's place from 0. */
  readonly requested?: (at: number) => string
  readonly effective?: (at: number) => string
}

/** The first irq's number. */
const FIRST_IRQ = 24

/** Writes the tree below `root`; its irqs are queues of NICs with eight names, without remapping. */
export function makeMachineTree(root: string, { cpus, irqs, requested, effective }: TreeSize): void {
  const made = new Set<string>()
  const put = (path: string, text: string) => {
    const file = join(root, path)
    if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true })
    made.add(dirname(file))
    writeFileSync(file, text)
  }
  const all = `0-${cpus - 1}\n`
  put('proc/sys/kernel/osrelease', '6.12.107-amd64\n')
  put('proc/sys/kernel/version', '#1 SMP PREEMPT_DYNAMIC\n')
  put('proc/cmdline', 'root=UUID=0123 isolcpus=2 quiet secret=word\n')
  put('proc/uptime', '100.50 100.00\n')
  put(
    'proc/irq/default_smp_affinity',
    `${'f'.repeat(Math.ceil(cpus / 4)).replaceAll(/(?<=^(?:.{8})+)(?=.)/g, ',')}\n`,
  )
  put('proc/interrupts', interruptsText(cpus, irqs))
  for (const file of ['online', 'possible', 'present']) put(`sys/devices/system/cpu/${file}`, all)
  put('sys/devices/system/cpu/isolated', '\n')
  put('dmesg', '[    0.1] x2apic enabled\n')
  for (let at = 0; at < irqs; at++) {
    const number = FIRST_IRQ + at
    const own = String(at % cpus)
    put(`proc/irq/${number}/smp_affinity_list`, `${requested?.(at) ?? own}\n`)
    put(`proc/irq/${number}/effective_affinity_list`, `${effective?.(at) ?? own}\n`)
    put(`proc/irq/${number}/affinity_hint`, '0\n')
    put(`proc/irq/${number}/node`, '0\n')
    put(`proc/irq/${number}/spurious`, 'count 0\nunhandled 0\nlast_unhandled 0 ms\n')
    put(`sys/kernel/irq/${number}/chip_name`, 'PCI-MSIX-0000:3b:00.0\n')
    put(`sys/kernel/irq/${number}/hwirq`, `${at}\n`)
    put(`sys/kernel/irq/${number}/type`, 'edge\n')
    put(`sys/kernel/irq/${number}/name`, 'edge\n')
    put(`sys/kernel/irq/${number}/actions`, `${actionOf(at)}\n`)
  }
}

function actionOf(at: number): string {
  return `eth${at % 8}-TxRx-${Math.floor(at / 8)}`
}

/** The layout up to 7.1. */
function interruptsText(cpus: number, irqs: number): string {
  const counts = (count: (cpu: number) => number) =>
    Array.from({ length: cpus }, (_, cpu) => ` ${String(count(cpu)).padStart(10)}`).join('')
  const header = `     ${Array.from({ length: cpus }, (_, cpu) => `CPU${cpu}`.padEnd(10)).join(' ')}`
  const rows = Array.from({ length: irqs }, (_, at) => {
    const number = String(FIRST_IRQ + at).padStart(4)
    return `${number}:${counts((cpu) => (cpu === at % cpus ? 1000 + at : 0))}  PCI-MSIX-0000:3b:00.0  ${at}-edge      ${actionOf(at)}`
  })
  return `${[header, ...rows, ` NMI:${counts(() => 0)}   Non-maskable interrupts`, ` LOC:${counts(() => 5)}   Local timer interrupts`].join('\n')}\n`
}
