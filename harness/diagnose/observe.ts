/** Reads a capture into what the findings judge. A text that is malformed becomes a defect, and what it would have said is absent. */
import { messageOf } from '../base/errors.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { type InterruptCounts, parseInterruptCounts } from '../irq/interrupt-counts.ts'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import type { Capture } from './capture.ts'
import { fileLines, plainLines } from './file-lines.ts'
import { observeDevices } from './observe-devices.ts'
import { goneOffline } from './gone-offline.ts'
import { type IrqFacts, observeIrqs } from './observe-irqs.ts'
import type { MaskWriter, Observed, Sampled } from './observed.ts'
import { parseVectorDomain } from './vector-domain.ts'

/**
 * Reads what is there, and lets go of the counters' texts, which are tens of MiB on a large machine: observe a capture once.
 * Never throws for what a capture says: see `defects`.
 */
export function observe(capture: Capture): Observed {
  const { files } = capture
  const defects = [...capture.defects]
  /** The value, or undefined and a defect. */
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      defects.push(messageOf(error))
      return undefined
    }
  }
  const host = new Map<string, string>()
  const words: string[] = []
  for (const { path, value } of fileLines(files.get('host.txt'))) {
    if (path === 'proc/cmdline') words.push(value)
    else host.set(path, value)
  }
  const mask = masks(defects)
  const list = (path: string) => mask.list(host.get(path), path)
  const online = both((sample) => {
    const [line] = fileLines(files.get(`${sample}/online.txt`))
    return mask.list(line?.value, `${sample}/online.txt`)
  })
  const counts = both<InterruptCounts>((sample) => {
    const text = files.get(`${sample}/interrupts.txt`)
    files.delete(`${sample}/interrupts.txt`)
    if (text === undefined) return undefined
    const parsed = attempt(() => parseInterruptCounts(text, `${sample}/interrupts.txt`, online[sample]))
    letGo(text)
    return parsed
  })
  const totals = new Map(
    [...fileLines(files.get('totals.txt'))]
      .filter(({ value }) => /^-?\d{1,15}(?:\.\d+)?$/.test(value))
      .map(({ path, value }) => [path, Number(value)]),
  )
  const facts: IrqFacts = { files, mask, counts, totals, devices: observeDevices(files) }
  const irqs = observeIrqs(facts)
  const isolated = ['sys/devices/system/cpu/isolated', 'sys/devices/system/cpu/nohz_full'].flatMap(
    (path) => list(path)?.cpus ?? [],
  )
  const release = host.get('proc/sys/kernel/osrelease')
  const nodes = [...host.keys()]
    .filter((path) => /^sys\/devices\/system\/node\/node\d+\/cpulist$/.test(path))
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap((path) => list(path) ?? [])
  const sockets = new Set(
    [...host].flatMap(([path, value]) => (path.endsWith('/topology/physical_package_id') ? [value] : [])),
  )
  const log = files.has('dmesg.txt') ? plainLines(files.get('dmesg.txt')) : undefined
  const links = plainLines(files.get('links.txt'))
  return {
    source: capture.source,
    takenAt: capture.manifest.takenAt,
    release: release === undefined ? undefined : attempt(() => parseKernelRelease(release)),
    releaseText: release,
    buildText: host.get('proc/sys/kernel/version'),
    elapsedSeconds: elapsed(uptime(files.get('first/uptime.txt')), uptime(files.get('second/uptime.txt'))),
    recountSeconds: totals.get('seconds'),
    cpus: {
      online,
      possible: list('sys/devices/system/cpu/possible'),
      isolated: CpuMask.of(...isolated),
      words,
      nodes: nodes.filter((node) => !node.isEmpty),
      sockets: sockets.size === 0 ? undefined : sockets.size,
    },
    irqs,
    defaultMask: mask.hex(host.get('proc/irq/default_smp_affinity'), 'proc/irq/default_smp_affinity'),
    iommuTable: links.map((path) => /\/(DMAR|IVRS)$/.exec(path)?.[1]).find((name) => name !== undefined),
    balancers: balancers(files.get('balancers.txt')),
    writers: writers(files.get('writers.txt'), mask),
    settings: plainLines(files.get('settings.txt')),
    log,
    wentOffline: goneOffline(log ?? [], online.second ?? online.first),
    vectorsLeft: parseVectorDomain(files.get('vectors.txt')),
    defects,
    unread: capture.unread,
  }
}

/** Gives the memory back at once: the garbage collector may see no reason to before the end. Only what has its memory for itself. */
function letGo({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength)
    structuredClone(buffer, { transfer: [buffer] })
}

function both<T>(read: (sample: 'first' | 'second') => T | undefined): Sampled<T> {
  return { first: read('first'), second: read('second') }
}

/** Masks, each text read once: 4,000 irqs share a few hundred. */
function masks(defects: string[]): IrqFacts['mask'] {
  const known = new Map<string, CpuMask | undefined>()
  const reader =
    (form: string, parse: (text: string, source: string) => CpuMask) =>
    (text: string | undefined, source: string): CpuMask | undefined => {
      if (text === undefined) return undefined
      const key = `${form} ${text}`
      if (known.has(key)) return known.get(key)
      let mask: CpuMask | undefined
      try {
        mask = parse(text, source)
      } catch (error) {
        defects.push(messageOf(error))
      }
      known.set(key, mask)
      return mask
    }
  return {
    list: reader('list', (text, source) => CpuMask.fromListOrEmpty(text.replace(/^\(null\)$/, ''), source)),
    hex: reader('hex', (text, source) => CpuMask.fromHex(text, source)),
  }
}

function uptime(text: Buffer | undefined): number | undefined {
  const seconds = /^\d+(?:\.\d+)?(?= )/.exec(text?.toString('latin1') ?? '')?.[0]
  return seconds === undefined ? undefined : Number(seconds)
}

function elapsed(first: number | undefined, second: number | undefined): number | undefined {
  if (first === undefined || second === undefined || second < first) return undefined
  // Hundredths, as the kernel prints them.
  return Math.round((second - first) * 100) / 100
}

const WRITE = /^irq (\d+) (smp_affinity|smp_affinity_list) (\S+)$/

function writers(text: Buffer | undefined, { list, hex }: IrqFacts['mask']): readonly MaskWriter[] {
  return [...fileLines(text)].map(({ path, value }) => {
    const [, irq, file, written] = WRITE.exec(value) ?? []
    const mask = file === 'smp_affinity' ? hex(written, path) : list(written, path)
    return { file: path, write: mask === undefined ? undefined : { irq: Number(irq), mask } }
  })
}

function balancers(text: Buffer | undefined): Observed['balancers'] {
  const pids = new Map<string, number[]>()
  for (const { path, value } of fileLines(text)) {
    const pid = /^proc\/(\d+)\/comm$/.exec(path)?.[1]
    if (pid === undefined) continue
    const known = pids.get(value) ?? []
    pids.set(value, [...known, Number(pid)])
  }
  return [...pids].map(([name, list]) => ({ name, pids: list }))
}
