/** What is off with the machine as a whole: who writes masks, whether remapping is on, vectors, and what the kernel complained of. */
import { isRemapped } from '../../irq/irqchip.ts'
import { behaviourOf } from '../behaviour.ts'
import { lastOf } from '../evidence.ts'
import type { Finding, FindingEvidence } from '../finding.ts'
import type { Observed } from '../observed.ts'
import { balancerEvidence, balancersInWords } from './mask.ts'

/** What is off with the machine. */
export function machineFindings(seen: Observed): readonly Finding[] {
  return [
    complained(seen),
    ...vectorsShort(seen),
    ...managedMoves(seen),
    writersAtOdds(seen),
    balancerPresent(seen),
    remapping(seen),
  ].filter((finding) => finding !== undefined)
}

/** arch/x86/kernel/irq.c, kernel/irq/{cpuhotplug,spurious,manage}.c and arch/x86/kernel/apic/vector.c print these when something went wrong. */
const COMPLAINTS =
  /set affinity failed\(|[Nn]o irq handler for|nobody cared|Disabling IRQ|vector space exhaustion|Moved interrupt pending in old target|schedule cleanup for offline|did not update eff\. affinity mask|has \d+ vectors/

function complained({ log }: Observed): Finding | undefined {
  const lines = (log ?? []).filter((line) => COMPLAINTS.test(line)).map((line) => line.trim())
  // What is said of sixty irqs is one thing: else it hides the others.
  const kinds = new Map<string, { readonly first: string; others: number }>()
  for (const first of lines) {
    const kind = first.replace(/^\[[^\]]*\]/, '').replaceAll(/\d+/g, 'N')
    const known = kinds.get(kind)
    if (known === undefined) kinds.set(kind, { first, others: 0 })
    else known.others++
  }
  const told = [...kinds.values()]
  if (told.length === 0) return undefined
  const words = told.map(({ first }) => first.replace(/^\[[^\]]*\] */, '').replace(/\.$/, ''))
  return {
    name: 'kernel-complained',
    sentence: `the kernel complained about interrupts since boot: ${words.slice(0, LINES_MAX).join('; ')}`,
    evidence: told.slice(0, LINES_MAX).map(({ first, others }) => ({
      file: 'dmesg',
      value: others === 0 ? first : `${first} (and ${others} more like it)`,
    })),
  }
}

/** Kinds of complaint; there are about ten. */
const LINES_MAX = 6

/** A CPU of a PC has 256 vectors, about 200 of them for devices; the last few go in one `ethtool -L`. */
const VECTORS_FEW = 8
const VECTORS_OF_A_CPU = 200

function vectorsShort({ vectorsLeft, irqs, cpus }: Observed): readonly Finding[] {
  if (vectorsLeft !== undefined) {
    return [...vectorsLeft]
      .filter(([, left]) => left < VECTORS_FEW)
      .map(([cpu, left]) => ({
        name: 'vectors-short',
        sentence: `CPU ${cpu} has ${left === 0 ? 'no vector' : left === 1 ? 'one vector' : `${left} vectors`} left: a request for it may be dropped without a word`,
        evidence: [{ file: '/sys/kernel/debug/irq/domains/VECTOR', value: `CPU ${cpu}: ${left} available` }],
      }))
  }
  // Without debugfs: every irq in use has a vector on its effective CPU.
  const used = new Map<number, number>()
  for (const irq of irqs) {
    const effective = irq.action === '' ? undefined : lastOf(irq.effective)
    if (effective?.size === 1) used.set(effective.only(), (used.get(effective.only()) ?? 0) + 1)
  }
  return [...used]
    .filter(
      ([cpu, count]) => count > VECTORS_OF_A_CPU - VECTORS_FEW && lastOf(cpus.online)?.has(cpu) !== false,
    )
    .map(([cpu, count]) => ({
      name: 'vectors-short',
      sentence: `${count} irqs are on CPU ${cpu}, which has about ${VECTORS_OF_A_CPU} vectors for devices: a request for it may be dropped without a word`,
      evidence: [{ file: '/proc/irq/*/effective_affinity_list', value: `${cpu}: ${count} irqs` }],
    }))
}

const REFUSED = /Cannot change IRQ (\d+) affinity/

/** irqbalance says in the journal which irqs it could not move. */
function managedMoves(seen: Observed): readonly Finding[] {
  const refused = new Map<number, string>()
  for (const line of seen.settings) {
    const irq = REFUSED.exec(line)?.[1]
    if (irq !== undefined) refused.set(Number(irq), line)
  }
  return seen.irqs.flatMap((irq) => {
    const line = refused.get(irq.number)
    if (line === undefined || behaviourOf(irq, seen).kind !== 'managed') return []
    const why = behaviourOf(irq, seen).why
    return [
      {
        name: 'managed-move-tried' as const,
        irq: irq.number,
        sentence: `irqbalance tries to move irq ${irq.number}${irq.action === '' ? '' : ` (${irq.action})`} and is refused: the irq is managed (${why})`,
        evidence: [{ file: 'journal', value: line.replace(/^irqbalance:/, '') }],
      },
    ]
  })
}

/** A program that writes masks as it sees fit, and somebody who set up writes of his own. */
function writersAtOdds(seen: Observed): Finding | undefined {
  const running = balancersInWords(seen)
  const files = [...new Set(seen.writers.map(({ file }) => file))]
  if (running === undefined || files.length === 0) return undefined
  const shown = `${files.slice(0, FILES_MAX).join(', ')}${files.length > FILES_MAX ? ` and ${files.length - FILES_MAX} more` : ''}`
  return {
    name: 'writers-at-odds',
    sentence: `${running} here, and ${shown} ${files.length === 1 ? 'writes' : 'write'} masks, too: whoever writes last wins, and neither knows of the other`,
    evidence: [
      ...balancerEvidence(seen),
      ...seen.writers.slice(0, LINES_MAX).map(({ file, write }): FindingEvidence => ({
        file: `/${file}`,
        value: write === undefined ? 'writes smp_affinity' : `irq ${write.irq}: ${write.mask.toList()}`,
      })),
    ],
  }
}

const FILES_MAX = 3

function balancerPresent(seen: Observed): Finding | undefined {
  const running = balancersInWords(seen)
  if (running === undefined) return undefined
  return {
    name: 'balancer-present',
    sentence: `${running} here: ${seen.balancers.length === 1 ? 'it may' : 'they may'} write over any mask that is set by hand`,
    evidence: [
      ...balancerEvidence(seen),
      ...seen.settings
        .filter((line) => !REFUSED.test(line))
        .map((line): FindingEvidence => {
          const colon = line.indexOf(':')
          return { file: `/${line.slice(0, colon)}`, value: line.slice(colon + 1) }
        }),
    ],
  }
}

/** Message-signalled irqs and lines of the IO-APIC: what an IOMMU can remap. */
const REMAPPABLE = /^(?:IR-)?(?:PCI-MSI|IO-APIC)/

function remapping({ irqs, iommuTable, cpus }: Observed): Finding | undefined {
  const chips = [...new Set(irqs.filter(({ action }) => action !== '').map(({ chip }) => chip))]
  const remappable = chips.filter((chip) => REMAPPABLE.test(chip))
  const [example] = remappable
  if (example === undefined) return undefined
  const evidence = [
    { file: '/sys/kernel/irq/*/chip_name', value: chipsInWords(remappable) },
    ...commandLine(cpus.words),
  ]
  if (remappable.some(isRemapped))
    return {
      name: 'remapping-on',
      sentence:
        'interrupt remapping is on: a new mask takes effect with the write itself, without an interrupt',
      evidence,
    }
  const table =
    iommuTable === undefined ? '' : `; the firmware has an IOMMU (${iommuTable}) that is not used for it`
  return {
    name: 'no-remapping',
    sentence: `interrupt remapping is off: a new mask waits for the irq's next interrupt, on a quiet irq for ever${table}`,
    evidence:
      iommuTable === undefined
        ? evidence
        : [...evidence, { file: `/sys/firmware/acpi/tables/${iommuTable}`, value: 'is there' }],
  }
}

const CHIPS_MAX = 4

function chipsInWords(chips: readonly string[]): string {
  const shown = chips.slice(0, CHIPS_MAX).join(', ')
  return chips.length > CHIPS_MAX ? `${shown} and ${chips.length - CHIPS_MAX} more` : shown
}

function commandLine(words: readonly string[]): readonly FindingEvidence[] {
  const about = words.filter((word) => /iommu|intremap/.test(word))
  return about.length === 0 ? [] : [{ file: '/proc/cmdline', value: about.join(' ') }]
}
