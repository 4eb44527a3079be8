/** A machine of ours that is like the customer's: what is carried over, scaled, played by something else, or left out, and why. Pure. */
import { lastOf } from '../diagnose/evidence.ts'
import type { Observed } from '../diagnose/observed.ts'
import type { MachineRequest } from '../guest/machine.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { isRemapped } from '../irq/irqchip.ts'
import type { CpuMap } from './cpu-map.ts'
import type { KernelChoice } from './kernel-choice.ts'
import { driversIn } from './kernel-drivers.ts'
import type { Recipe } from './recipe.ts'
import { isQueue, standInName, type Subject, theirName } from './subject.ts'

/** How a fact of the machine is here. */
export type Carried = 'kept' | 'scaled' | 'played' | 'left out'

/** One row of the table. */
export interface LikenessRow {
  readonly what: string
  readonly theirs: string
  readonly ours: string
  readonly carried: Carried
  /** Why, and what may come of it; empty where nothing may. */
  readonly why: string
}

/** The machine, and what became of each fact. */
export interface Likeness {
  readonly machine: MachineRequest
  readonly rows: readonly LikenessRow[]
}

/** What it is made of. */
export interface LikenessFacts {
  readonly seen: Observed
  readonly cpus: CpuMap
  readonly kernel: KernelChoice
  readonly subjects: readonly Subject[]
  readonly recipe: Recipe
  readonly queuePairs: number
}

/** The machine that every reproduction runs on is called this. */
export const LIKENESS = 'like-the-capture'

/** Makes it. */
export function likenessOf(facts: LikenessFacts): Likeness {
  const { seen, cpus, kernel, subjects, recipe, queuePairs } = facts
  const rows: LikenessRow[] = []
  const row = (what: string, theirs: string, ours: string, carried: Carried, why = '') =>
    void rows.push({ what, theirs, ours, carried, why })
  const online = lastOf(seen.cpus.online) ?? CpuMask.of()
  const count = cpus.ours.length

  row(
    'kernel',
    [seen.releaseText ?? 'not read', seen.buildText ?? ''].filter((text) => text !== '').join(', '),
    kernel.kernel,
    kernel.closeness === 'same' ? 'kept' : 'played',
    kernel.sentence,
  )
  const isWhole = cpus.ours.every(({ theirs }, at) => theirs === at) && online.size === count
  row(
    'CPUs',
    `${online.size} online (${online.toList()})${offlineWords(seen, online)}`,
    String(count),
    isWhole ? 'kept' : 'scaled',
    isWhole ? '' : 'each of ours stands for those that are in the same masks: the table of CPUs tells which',
  )
  const isolated = cpus.map(seen.cpus.isolated).minus(CpuMask.of(0))
  const tickless = listOf(seen.cpus.words, 'nohz_full')
  const keepsTick = tickless !== undefined && kernel.kernel.startsWith('debian:5.')
  if (!seen.cpus.isolated.isEmpty)
    row(
      'isolated CPUs',
      seen.cpus.isolated.toList(),
      isolated.toList() || 'none',
      cpus.ours.length === online.size ? 'kept' : 'scaled',
    )
  const ticklessHere =
    tickless === undefined || keepsTick ? CpuMask.of() : cpus.map(tickless).minus(CpuMask.of(0))
  if (tickless !== undefined)
    row(
      'nohz_full',
      tickless.toList(),
      ticklessHere.toList() || 'none',
      ticklessHere.isEmpty ? 'left out' : 'scaled',
      keepsTick
        ? "Debian's 5.10 has no CONFIG_NO_HZ_FULL: the timer ticks, interrupts go where they went"
        : '',
    )
  const starts = listOf(seen.cpus.words, 'irqaffinity') ?? seen.defaultMask?.intersect(online)
  const irqAffinity = starts === undefined || online.isSubsetOf(starts) ? CpuMask.of() : cpus.map(starts)
  if (!irqAffinity.isEmpty)
    row('where new irqs start', starts?.toList() ?? '', irqAffinity.toList(), 'scaled')
  if (seen.cpus.nodes.length > 1)
    row(
      'NUMA nodes',
      seen.cpus.nodes.map((node) => node.toList()).join(' | '),
      cpus.nodes > 1 ? `${cpus.nodes} of ${count / cpus.nodes} CPUs` : 'one',
      cpus.nodes > 1 ? 'scaled' : 'left out',
      cpus.nodes > 1
        ? "the devices here belong to no node: a mask that the kernel cut to a device's node was cut there alone"
        : 'the CPUs that matter cannot be shared equally among them: choices by node are not made here',
    )
  // Two nodes in one socket are no sane topology to the kernel (arch/x86/kernel/smpboot.c:topology_sane).
  const sockets = cpus.nodes
  if (seen.cpus.sockets !== undefined && seen.cpus.sockets !== sockets)
    row(
      'sockets',
      String(seen.cpus.sockets),
      String(sockets),
      'left out',
      'no interrupt is sent otherwise for it',
    )

  const remapped = isRemappedMachine(seen)
  const isAmd = seen.iommuTable === 'IVRS'
  const remapping: 'amd' | 'intel' = isAmd && driversIn(kernel.kernel).amdIommu ? 'amd' : 'intel'
  row(
    'interrupt remapping',
    remapped ? `on (IR- chips${seen.iommuTable === undefined ? '' : `, ${seen.iommuTable}`})` : 'off',
    remapped ? `on, by QEMU's ${remapping === 'amd' ? 'AMD' : 'Intel'} IOMMU` : 'off',
    remapped && isAmd && remapping === 'intel' ? 'played' : 'kept',
    remapped && isAmd && remapping === 'intel'
      ? "this kernel has no driver for AMD's IOMMU that we know of: other code moves the irq, at the write as well"
      : '',
  )
  for (const subject of subjects) {
    row(
      theirName(subject),
      `${subject.theirs.chip || 'no chip'}${subject.theirs.flow === undefined ? '' : ` ${subject.theirs.flow}`}`,
      standInName(subject),
      'played',
      subject.why,
    )
  }
  const queues = seen.irqs.filter(isQueue)
  if (queues.length > 0)
    row(
      'queues of NICs',
      `${queues.length} irqs${driversOf(seen)}`,
      `${queuePairs} pairs of virtio-net`,
      'played',
      'every queue is one MSI-X vector to the irq core; what its driver does by itself (coalescing, own masks) is not here',
    )
  const others = seen.irqs.filter(({ action }) => action !== '').length - subjects.length
  if (others > 0)
    row(
      'other irqs in use',
      String(others),
      'those of a small guest',
      'left out',
      'their vectors are free here: a CPU that was crowded there is not',
    )
  if (seen.balancers.length > 0) {
    const names = seen.balancers.map(({ name }) => name).join(', ')
    const isHere = recipe.lines.some((line) => line.includes('irqbalance.writes'))
    row(
      'who writes masks',
      names,
      isHere ? 'irqbalance, the real one' : 'nobody but irqlab',
      isHere ? 'kept' : 'left out',
      isHere ? '' : 'they would disturb what is shown; `--finding mask-rewritten` is about them',
    )
  }
  if (seen.settings.length > 0) row('their settings', `${seen.settings.length} lines`, 'none', 'left out', '')
  const { append, kept, lost } = wordsFor(seen.cpus.words, cpus)
  if (kept.length > 0) row('kernel command line', kept.join(' '), append, 'kept')
  if (lost.length > 0)
    row(
      'kernel command line, the rest',
      lost.join(' '),
      'none',
      'left out',
      'they are about hardware or CPUs that the guest has not',
    )
  if (seen.log?.some((line) => /x2apic( |: )?enabled/i.test(line)) === true)
    row(
      'x2APIC',
      'on',
      "as QEMU's CPUs have it",
      'left out',
      'destinations are written otherwise; when an irq moves is the same',
    )
  row(
    'load',
    'that of the machine',
    'single interrupts',
    'left out',
    'what needs a race under load may need many tries here',
  )

  const devices = [
    ...new Set([
      ...subjects.flatMap(({ standIn }) => (standIn.kind === 'device' ? [standIn.device] : [])),
      ...(recipe.devices ?? []),
    ]),
  ]
  const machine: MachineRequest = {
    name: LIKENESS,
    ...(count === 4 ? {} : { cpus: count }),
    ...(cpus.nodes > 1 ? { nodes: cpus.nodes, memoryMib: 512 * Math.ceil((cpus.nodes * 128) / 512) } : {}),
    ...(sockets > 1 ? { sockets } : {}),
    ...(remapped ? { remapping } : {}),
    ...(isolated.isEmpty ? {} : { isolatedCpus: isolated.toList() }),
    ...(ticklessHere.isEmpty ? {} : { ticklessCpus: ticklessHere.toList() }),
    ...(irqAffinity.isEmpty ? {} : { irqAffinity: irqAffinity.toList() }),
    nic: { queuePairs },
    ...(devices.length === 0 ? {} : { devices }),
    ...(recipe.vectorHogs === undefined ? {} : { vectorHogs: recipe.vectorHogs }),
    ...(append === '' ? {} : { append }),
  }
  return { machine, rows }
}

/** True where an irqchip of an irq in use says so. */
export function isRemappedMachine({ irqs }: Observed): boolean {
  return irqs.some(({ action, chip }) => action !== '' && isRemapped(chip))
}

function offlineWords({ cpus: { possible } }: Observed, online: CpuMask): string {
  const absent = possible?.minus(online)
  return absent === undefined || absent.isEmpty ? '' : `; ${absent.size} more possible (${absent.toList()})`
}

function driversOf({ irqs }: Observed): string {
  const drivers = [...new Set(irqs.filter(isQueue).flatMap(({ device }) => device?.driver ?? []))]
  return drivers.length === 0 ? '' : ` of ${drivers.slice(0, 4).join(', ')}`
}

/** The CPUs behind such a word; undefined where it is not there, or says something else. */
function listOf(words: readonly string[], name: string): CpuMask | undefined {
  const text = words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)
  if (text === undefined || !/^[\d,-]+$/.test(text)) return undefined
  try {
    return CpuMask.fromList(text)
  } catch {
    return undefined
  }
}

/** Words that mean the same on any machine. */
const SAME_ANYWHERE =
  /^(?:threadirqs|noirqdebug|irqpoll|irqfixup|x2apic_phys|nox2apic|nohz=(?:on|off)|acpi_irq_nobalance)$/
/** Told in rows of their own, or by the machine itself. */
const TOLD_ELSEWHERE = /^(?:isolcpus|nohz_full|irqaffinity|intremap|intel_iommu|amd_iommu|iommu)(?:=|$)/

function wordsFor(words: readonly string[], cpus: CpuMap) {
  const kept: string[] = []
  const lost: string[] = []
  const append: string[] = []
  for (const word of words) {
    if (TOLD_ELSEWHERE.test(word)) continue
    const callbacks = word.startsWith('rcu_nocbs=') ? listOf([word], 'rcu_nocbs') : undefined
    const here = callbacks === undefined ? '' : cpus.map(callbacks).toList()
    if (SAME_ANYWHERE.test(word)) append.push(word)
    else if (here !== '') append.push(`rcu_nocbs=${here}`)
    else {
      lost.push(word)
      continue
    }
    kept.push(word)
  }
  return { append: append.join(' '), kept, lost }
}
