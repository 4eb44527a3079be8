/** What is this guest? Read once after it is ready, in one command. */
import { NotApplicable, Trouble } from '../base/errors.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Irq } from '../irq/irq.ts'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import { MANAGEMENT_INTERFACE, TEST_INTERFACE } from './addresses.ts'
import type { GuestCommands } from './commands.ts'
import { APIC_LOG_COMMAND, CPU_FACTS_COMMAND, type CpuFacts, parseCpuFacts } from './cpu-facts.ts'
import { devicesCommand, parseDevices, type TestDevice } from './devices.ts'
import type { RxQueue } from './irq-with-stimulus.ts'
import type { Machine } from './machine.ts'
import { nicIrqsCommand, type NicIrqs, parseNicTable } from './nic.ts'

/** The facts of a guest that stay as they are while it runs. */
export interface Inventory {
  /** `uname -r` */
  readonly release: string
  /** The version of kernel.org that it was built from, where the kernel says so: `5.10.218` of a Debian `5.10.0-30`. */
  readonly version: string
  /** A CPU other than the first can be taken offline. */
  readonly canHotplug: boolean
  /** NAPI of the NIC under test can be told to poll in threads (net/core/net-sysfs.c:threaded_store, since 5.12). */
  readonly canThreadNapi: boolean
  /** The system can be suspended to idle (kernel/power/suspend.c). */
  readonly canSuspendToIdle: boolean
  /** The irq of the timer, which nobody may move; undefined where there is none. */
  readonly timer: Irq | undefined
  /** Of the boot behind this guest: all guests from one snapshot share it. */
  readonly bootId: string
  readonly onlineCpus: CpuMask
  readonly cpus: CpuFacts
  readonly hasEffectiveAffinity: boolean
  /** The NIC under test. */
  readonly nic: NicIrqs
  /** The rx queue of the management NIC, named so that it cannot be taken for one under test; undefined where there is none. */
  readonly managementRx: RxQueue | undefined
  /** The devices that the machine has beside its NIC, in its order. */
  readonly devices: readonly TestDevice[]
  /** The whole /proc/interrupts, raw. */
  readonly interrupts: string
}

/** Builtins of the shell: under TCG a process costs as much as the way to the guest and back. */
export const FACTS_COMMAND = [
  'read -r r </proc/sys/kernel/osrelease; read -r b </proc/sys/kernel/random/boot_id',
  'read -r o </sys/devices/system/cpu/online',
  'e=no; for f in /proc/irq/*/effective_affinity_list; do [ ! -e "$f" ] || e=yes; break; done',
  'echo "facts $r $b $o $e"',
  // Debian up to 12 has its ABI number in the release, and the version only here: `#1 SMP Debian 5.10.218-1 (2024-06-01)`.
  'read -r v </proc/version; echo "version $v"',
  '[ ! -w /sys/devices/system/cpu/cpu1/online ] || echo "hotplug yes"',
  `[ ! -w /sys/class/net/${TEST_INTERFACE}/threaded ] || echo "threaded yes"`,
  's=; [ ! -r /sys/power/state ] || read -r s </sys/power/state; case " $s " in *" freeze "*) echo "freeze yes" ;; esac',
].join('\n')

/** Reads them; the devices have been set up before. Throws `Trouble`, and `NotApplicable` for a NIC without MSI-X. */
export async function readInventory(
  guest: GuestCommands,
  { devices, apic }: Pick<Machine, 'devices' | 'apic'>,
  managementInterface: string = MANAGEMENT_INTERFACE,
): Promise<Inventory> {
  const output = await guest.check(
    [
      FACTS_COMMAND,
      CPU_FACTS_COMMAND,
      apic === 'default' ? '' : APIC_LOG_COMMAND,
      devicesCommand(devices),
      nicIrqsCommand([TEST_INTERFACE, managementInterface]),
    ].join('\n'),
  )
  const facts = parseFacts(output)
  const table = parseNicTable(output)
  const interrupts = parseInterrupts(table.interrupts)
  const nic = table.of(TEST_INTERFACE)
  const management = table.of(managementInterface)
  const [managementRx] = management.rxQueues
  if (managementRx === undefined)
    throw new NotApplicable('MSI-X', 'the management NIC has no vector for its rx queue')
  if (nic.rxQueues.length === 0)
    throw new NotApplicable('MSI-X', 'the NIC under test has no vector for an rx queue')
  return {
    ...facts,
    canHotplug: /^hotplug yes$/m.test(output),
    canThreadNapi: /^threaded yes$/m.test(output),
    canSuspendToIdle: /^freeze yes$/m.test(output),
    timer: [...interrupts.rows.values()].map(({ irq }) => irq).find(({ action }) => action === 'timer'),
    cpus: parseCpuFacts(output),
    nic,
    managementRx: { ...managementRx, name: `${MANAGEMENT_INTERFACE}.${managementRx.name}` },
    devices: parseDevices(devices, output, interrupts),
    interrupts: table.interrupts,
  }
}

/** What `FACTS_COMMAND` printed of any machine. Throws `Trouble` when it does not say what it is. */
export function parseFacts(
  output: string,
): Pick<Inventory, 'release' | 'version' | 'bootId' | 'onlineCpus' | 'hasEffectiveAffinity'> {
  const [, release, bootId, online, effective] = /^facts (\S+) (\S+) (\S+) (yes|no)$/m.exec(output) ?? []
  if (release === undefined || bootId === undefined || online === undefined)
    throw new Trouble('guest.inventory', `The guest does not say what it is: ${output.slice(0, 200)}`)
  return {
    release,
    version: /^version .* Debian (\d+\.\d+\.\d+)[-~]/m.exec(output)?.[1] ?? release,
    bootId,
    onlineCpus: CpuMask.fromList(online),
    hasEffectiveAffinity: effective === 'yes',
  }
}
