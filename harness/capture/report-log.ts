/** The kernel's log in a stranger's report: the lines about interrupts and about CPUs that went or came, without addresses, as in capture.sh. */
import { linesOf, type Machine } from './machine.ts'

const TELLING =
  /CPU ?[0-9]+ is now offline|Booting Node|IRQ fixup|affinity|[Nn]o irq handler|nobody cared|Disabling IRQ|DMAR-IR|remapping|x2apic|APIC routing|vector space|Moved interrupt|schedule cleanup|has [0-9]+ vectors/
const LINES_MAX = 300
const LINE_MAX = 300

/** The text of dmesg.txt; undefined when the report has no log of the kernel. */
export function logText({ files }: Machine): string | undefined {
  const text = files.get('command/dmesg') ?? files.get('var/log/dmesg')
  if (text === undefined) return undefined
  return linesOf(text)
    .filter((line) => TELLING.test(line))
    .slice(-LINES_MAX)
    .map((line) =>
      line
        .replaceAll(/[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}/g, 'ADDRESS')
        .replaceAll(/(?:\d{1,3}\.){3}\d{1,3}/g, 'ADDRESS')
        .slice(0, LINE_MAX),
    )
    .map((line) => `${line}\n`)
    .join('')
}
