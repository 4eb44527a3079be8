/** Which files of a machine decide where its interrupts go? By their path below its root, in a report or a folder of loose files. */

const PCI = '[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]'

/**
 * One pattern a line: regular expressions, but that a star is the whole of a segment or of its rest. The commands of a sosreport are in a folder of their plugin, which has
 * changed from one release to the next, so it may be any.
 */
const CONTENTS: readonly string[] = [
  'proc/(?:interrupts|cmdline|stat|uptime|cpuinfo|modules|version)',
  'proc/irq/default_smp_affinity',
  'proc/irq/\\d+/(?:smp_affinity|effective_affinity)(?:_list)?',
  'proc/irq/\\d+/affinity_hint',
  'proc/sys/kernel/(?:osrelease|version)',
  'proc/\\d+/comm',
  'sys/devices/system/cpu/(?:online|possible|present|isolated|nohz_full)',
  'sys/devices/system/cpu/cpu\\d+/topology/(?:physical_package_id|core_id|thread_siblings_list)',
  'sys/devices/system/node/node\\d+/cpulist',
  'sys/kernel/irq/\\d+/(?:chip_name|actions)',
  'sys/kernel/debug/irq/irqs/\\d+',
  'sys/kernel/debug/irq/domains/VECTOR',
  `sys/bus/pci/devices/${PCI}/(?:vendor|device|class|irq|numa_node)`,
  `sys/bus/pci/devices/${PCI}/net/*/queues/*/[xr]ps_cpus`,
  `sys/bus/pci/devices/${PCI}/virtio\\d+/net/*/queues/*/[xr]ps_cpus`,
  'etc/(?:default|sysconfig)/irqbalance',
  'etc/tuned/(?:*-variables\\.conf|tuned-main\\.conf|active_profile)',
  'etc/(?:rc\\.local|crontab)',
  'etc/(?:cron\\.[a-z]+|rc\\.d)/*',
  'etc/udev/rules\\.d/*',
  'etc/systemd/system/*\\.service',
  'etc/systemd/system/*\\.d/*\\.conf',
  'var/log/dmesg',
  'sos_commands/*/(?:dmesg|lscpu|date|date_--utc|uname_-a|lsmod|tuned-adm_active)',
  'sos_commands/*/lspci_-n[nv]+',
  'sos_commands/*/ps_auxw+m?',
  'sos_commands/*/ethtool_-[il]_*',
  'sos_reports/manifest\\.json',
  'sos_logs/sos\\.log',
]

/** Logs of any size, in which irqbalance says what it could not do. */
const LOGS: readonly string[] = ['sos_commands/*/journalctl_--no-pager', 'var/log/(?:messages|syslog)']

/** Of these the name says it all: directories, and links that are never followed. */
const NAMES: readonly string[] = [
  'sys/firmware/acpi/tables/(?:DMAR|IVRS)',
  'sys/class/iommu/*',
  `sys/bus/pci/drivers/*/${PCI}`,
  `sys/bus/pci/devices/${PCI}/msi_irqs/\\d+`,
  `sys/bus/pci/devices/${PCI}/net/*`,
  `sys/bus/pci/devices/${PCI}/virtio\\d+/net/*`,
]

const contents = byFirst(CONTENTS)
const names = byFirst(NAMES)
const logs = byFirst(LOGS)
const ways = byFirst(
  [...CONTENTS, ...NAMES, ...LOGS].flatMap((pattern) => {
    const segments = pattern.split('/')
    return segments.slice(1).map((_, at) => segments.slice(0, at + 1).join('/'))
  }),
)

/** Folders that only a machine's root has. */
const TOP: ReadonlySet<string> = new Set([
  'proc',
  'sys',
  'etc',
  'var',
  'sos_commands',
  'sos_reports',
  'sos_logs',
])

/** A path as a machine has it: `proc/irq/24/node`, and what is before it. */
export interface MachinePath {
  /** With its last slash; empty when there is nothing. */
  readonly root: string
  readonly path: string
}

/** Folders that may be around a machine's root in an archive. */
const ROOT_DEPTH_MAX = 3

/** Takes what is before the machine's root off; undefined for a path that is of no machine. */
export function machinePath(path: string): MachinePath | undefined {
  let start = 0
  for (let depth = 0; depth <= ROOT_DEPTH_MAX; depth++) {
    const slash = path.indexOf('/', start)
    if (slash === -1) return undefined
    if (TOP.has(path.slice(start, slash))) return { root: path.slice(0, start), path: path.slice(start) }
    // A tree of /proc/irq alone.
    if (/^irq\/\d+\/[a-z_]+$/.test(path.slice(start)))
      return { root: path.slice(0, start), path: `proc/${path.slice(start)}` }
    start = slash + 1
  }
  return undefined
}

/** The file's text is about interrupts. */
export function isNeeded(path: string): boolean {
  return has(contents, path)
}

/** The file is a log to be sifted. */
export function isLog(path: string): boolean {
  return has(logs, path)
}

/** That there is such a name is about interrupts. */
export function isTelling(path: string): boolean {
  return has(names, path)
}

/** Something that is needed may be in this folder. */
export function leadsOn(path: string): boolean {
  return TOP.has(path) || has(ways, path)
}

function byFirst(patterns: readonly string[]): ReadonlyMap<string, RegExp> {
  const groups = new Map<string, string[]>()
  for (const pattern of new Set(patterns)) {
    const first = pattern.split('/')[0] ?? ''
    groups.set(first, [...(groups.get(first) ?? []), pattern])
  }
  return new Map(
    [...groups].map(([first, some]) => [
      first,
      new RegExp(`^(?:${some.join('|').replaceAll('*', '[^/]+')})$`),
    ]),
  )
}

function has(patterns: ReadonlyMap<string, RegExp>, path: string): boolean {
  const slash = path.indexOf('/')
  return patterns.get(slash === -1 ? path : path.slice(0, slash))?.test(path) === true
}
