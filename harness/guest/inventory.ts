/** What is this guest? Read once after it is ready, in one command. */
import { NotApplicable, Trouble } from '../base/errors.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import { MANAGEMENT_INTERFACE, TEST_INTERFACE } from './addresses.ts'
import type { GuestCommands } from './commands.ts'
import type { DeviceName } from './device-names.ts'
import { devicesCommand, parseDevices, type TestDevice } from './devices.ts'
import type { RxQueue } from './irq-with-stimulus.ts'
import { nicIrqsCommand, type NicIrqs, parseNicTable } from './nic.ts'

/** The facts of a guest that stay as they are while it runs. */
export interface Inventory {
  /** `uname -r` */
  readonly release: string
  /** Of the boot behind this guest: all guests from one snapshot share it. */
  readonly bootId: string
  readonly onlineCpus: CpuMask
  readonly hasEffectiveAffinity: boolean
  /** The NIC under test. */
  readonly nic: NicIrqs
  readonly management: NicIrqs
  /** The rx queue of the management NIC, named so that it cannot be taken for one under test. */
  readonly managementRx: RxQueue
  /** The devices that the machine has beside its NIC, in its order. */
  readonly devices: readonly TestDevice[]
  /** The whole /proc/interrupts, raw. */
  readonly interrupts: string
}

/** Builtins of the shell: under TCG a process costs as much as the way to the guest and back. */
const FACTS_COMMAND = [
  'read -r r </proc/sys/kernel/osrelease; read -r b </proc/sys/kernel/random/boot_id',
  'read -r o </sys/devices/system/cpu/online',
  'e=no; for f in /proc/irq/*/effective_affinity_list; do [ ! -e "$f" ] || e=yes; break; done',
  'echo "facts $r $b $o $e"',
].join('\n')

/** Reads them; the devices have been set up before. Throws `Trouble`, and `NotApplicable` for a NIC without MSI-X. */
export async function readInventory(
  guest: GuestCommands,
  devices: readonly DeviceName[],
): Promise<Inventory> {
  const output = await guest.check(
    [FACTS_COMMAND, devicesCommand(devices), nicIrqsCommand([TEST_INTERFACE, MANAGEMENT_INTERFACE])].join(
      '\n',
    ),
  )
  const [, release, bootId, online, effective] = /^facts (\S+) (\S+) (\S+) (yes|no)$/m.exec(output) ?? []
  if (release === undefined || bootId === undefined || online === undefined)
    throw new Trouble('guest.inventory', `The guest does not say what it is: ${output.slice(0, 200)}`)
  const table = parseNicTable(output)
  const nic = table.of(TEST_INTERFACE)
  const management = table.of(MANAGEMENT_INTERFACE)
  const [managementRx] = management.rxQueues
  if (managementRx === undefined)
    throw new NotApplicable('MSI-X', 'the management NIC has no vector for its rx queue')
  if (nic.rxQueues.length === 0)
    throw new NotApplicable('MSI-X', 'the NIC under test has no vector for an rx queue')
  return {
    release,
    bootId,
    onlineCpus: CpuMask.fromList(online),
    hasEffectiveAffinity: effective === 'yes',
    nic,
    management,
    managementRx: { ...managementRx, name: `${MANAGEMENT_INTERFACE}.${managementRx.name}` },
    devices: parseDevices(devices, output, parseInterrupts(table.interrupts)),
    interrupts: table.interrupts,
  }
}
