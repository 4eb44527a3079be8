/** The machine of a stranger's report as host.txt of a capture. Of the command line and the modules only what is about CPUs and interrupts. */
import { CpuMask } from '../irq/cpu-mask.ts'
import { linesOf, type Machine } from './machine.ts'
import { textsOf } from './report-irqs.ts'

/** Words of the kernel's command line that may be shown, as in capture.sh. */
export const COMMAND_LINE_WORDS = [
  'isolcpus|nohz_full|nohz|rcu_nocbs|irqaffinity|intremap|intel_iommu|amd_iommu|iommu|iommu\\.[a-z]*|noirqdebug|irqpoll|irqfixup',
  'pci|nosmt|maxcpus|nr_cpus|possible_cpus|noapic|nolapic|apic|x2apic_phys|nox2apic|threadirqs|hpet|tsc|clocksource',
  'noirqbalance|acpi_irq_nobalance|acpi_irq_balance|kthread_cpus|systemd\\.cpu_affinity|tuned\\.non_isolcpus|idle',
].join('|')
/** Modules that may be named, as in capture.sh. */
export const MODULE_NAMES = [
  'virtio.*|nvme.*|mlx.*|i40e|iavf|ice|idpf|ixgbe.*|igb.*|bnxt_en|bnx2x|ena|gve|e1000e?|vmxnet3|hv_.*|xen.*|vfio.*|kvm.*',
  'irqbypass|mpt3sas|megaraid_sas|qla2xxx|lpfc|ahci|tg3|be2net|cxgb4|sfc|r8169|atlantic|hns3|efa',
].join('|')

const CPU = 'sys/devices/system/cpu'
const WORD = new RegExp(`^(?:${COMMAND_LINE_WORDS})(?:=|$)`)
const MODULE = new RegExp(`^(?:${MODULE_NAMES})$`)
const PLAIN =
  /^(?:proc\/sys\/kernel\/(?:osrelease|version)|proc\/irq\/default_smp_affinity|sys\/devices\/system\/(?:node\/node\d+\/cpulist|cpu\/(?:online|possible|present|isolated|nohz_full|cpu\d+\/topology\/.*)))$/

/** The text of host.txt. What sysfs does not say lscpu may. */
export function hostText(machine: Machine): string {
  const { files } = machine
  const lines: string[] = []
  const add = (path: string, value: string | undefined) => {
    if (value !== undefined && value !== '' && !files.has(path)) lines.push(`${path}:${value}\n`)
  }
  const kernel = kernelOf(machine)
  add('proc/sys/kernel/osrelease', kernel.release)
  add('proc/sys/kernel/version', kernel.build)
  const cpu = lscpuOf(machine)
  add(`${CPU}/online`, onlineOf(machine))
  add(`${CPU}/possible`, cpu.possible)
  for (const [node, cpus] of cpu.nodes) add(`sys/devices/system/node/node${node}/cpulist`, cpus)
  // With as many CPUs in each socket as there are threads of cores in it, as lscpu counts them.
  if (cpu.perSocket > 0 && !files.has(`${CPU}/cpu0/topology/physical_package_id`))
    for (const at of cpu.online?.cpus ?? [])
      add(`${CPU}/cpu${at}/topology/physical_package_id`, String(Math.floor(at / cpu.perSocket)))
  const words = linesOf(files.get('proc/cmdline')).join(' ').split(' ')
  const flags = /^flags\s*:(.*)$/m.exec(files.get('proc/cpuinfo')?.toString('latin1') ?? '')?.[1] ?? cpu.flags
  const modules = linesOf(files.get('proc/modules') ?? files.get('command/lsmod'))
  return [
    textsOf(machine, (path) => PLAIN.test(path)),
    ...lines,
    ...words.filter((word) => WORD.test(word)).map((word) => `proc/cmdline:${word}\n`),
    ...flags
      .split(' ')
      .filter((flag) => flag === 'hypervisor' || flag === 'x2apic')
      .map((flag) => `proc/cpuinfo:${flag}\n`),
    ...modules
      .map((line) => line.split(' ')[0] ?? '')
      .filter((name) => MODULE.test(name))
      .map((name) => `proc/modules:${name}\n`),
  ].join('')
}

/** The CPUs that were online, as a list. */
export function onlineOf(machine: Machine): string | undefined {
  const said = machine.files.get(`${CPU}/online`)?.toString('latin1').trim()
  if (said !== undefined && said !== '') return said
  const { online } = lscpuOf(machine)
  if (online !== undefined) return online.toList()
  // The columns of the counters are the CPUs that are online.
  const header = machine.files.get('proc/interrupts')?.toString('latin1', 0, HEADER_MAX).split('\n')[0] ?? ''
  const cpus = [...header.matchAll(/CPU(\d{1,4})\b/g)].map(([, cpu]) => Number(cpu))
  return cpus.length === 0 ? undefined : CpuMask.of(...cpus.filter((cpu) => cpu < CPUS_MAX)).toList()
}

const HEADER_MAX = 128 * 1024
const CPUS_MAX = 8192

/** uname and /proc/version say more than these two, such as the name of the host. */
function kernelOf({ files }: Machine): {
  readonly release: string | undefined
  readonly build: string | undefined
} {
  const version = files.get('proc/version')?.toString('latin1') ?? ''
  const uname = files.get('command/uname_-a')?.toString('latin1') ?? ''
  const [, release, build] =
    /^Linux version (\S+) .*(#\d+ .*)$/m.exec(version) ??
    /^Linux \S+ (\S+) (#\d+ .*?) (?:x86_64|i\d86|aarch64|GNU)/m.exec(uname) ??
    []
  return { release, build }
}

interface Lscpu {
  readonly online: CpuMask | undefined
  readonly possible: string | undefined
  readonly nodes: readonly (readonly [node: string, cpus: string])[]
  /** CPUs of a socket; 0 where it is not said. */
  readonly perSocket: number
  readonly flags: string
}

function lscpuOf({ files }: Machine): Lscpu {
  const said = new Map(
    linesOf(files.get('command/lscpu')).map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const
    }),
  )
  const count = Number(said.get('CPU(s)') ?? '')
  const [cores, threads] = [
    Number(said.get('Core(s) per socket') ?? ''),
    Number(said.get('Thread(s) per core') ?? ''),
  ]
  return {
    online: listOf(said.get('On-line CPU(s) list')),
    possible: Number.isInteger(count) && count > 0 && count <= CPUS_MAX ? `0-${count - 1}` : undefined,
    nodes: [...said].flatMap(([name, cpus]) => {
      const node = /^NUMA node(\d+) CPU\(s\)$/.exec(name)?.[1]
      return node === undefined || listOf(cpus) === undefined ? [] : [[node, cpus] as const]
    }),
    perSocket: Number.isInteger(cores * threads) ? cores * threads : 0,
    flags: said.get('Flags') ?? '',
  }
}

function listOf(text: string | undefined): CpuMask | undefined {
  try {
    return text === undefined || text === '' ? undefined : CpuMask.fromList(text)
  } catch {
    return undefined
  }
}
