/** Which names of a capture say more of a machine than a kernel developer needs? Those of its network interfaces. Pure. */
import type { Observed } from '../diagnose/observed.ts'

/** Replaces them in a text by if0, if1 and so on. */
export function anonymiser({ irqs }: Observed): (text: string) => string {
  const names = [...new Set(irqs.flatMap(({ device }) => device?.interface ?? []))]
  // Names of irqs have them where the device is not known: eth0-TxRx-3.
  for (const { action } of irqs) {
    const name = /^((?:en|eth|wl|ib|bond|p\d+p)\w*?)-(?:TxRx|Tx-Rx|rx|tx|fp|rxtx)/i.exec(action)?.[1]
    if (name !== undefined && !names.includes(name)) names.push(name)
  }
  const patterns = names.map(
    (name, at) =>
      [
        new RegExp(`(?<![A-Za-z0-9_])${name.replaceAll(/[^\w]/g, '\\$&')}(?![A-Za-z0-9_])`, 'g'),
        `if${at}`,
      ] as const,
  )
  return (whole) => patterns.reduce((text, [pattern, generic]) => text.replaceAll(pattern, generic), whole)
}
