/** What is this machine, and what could be asked of it? Read once, in one command; nothing is changed. */
import type { GuestCommands } from '../guest/commands.ts'
import { APIC_LOG_COMMAND, CPU_FACTS_COMMAND, type CpuFacts, parseCpuFacts } from '../guest/cpu-facts.ts'
import { FACTS_COMMAND, type Inventory, parseFacts } from '../guest/inventory.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import { type HostNic, hostNics, NICS_COMMAND, QUEUES_MAX } from './host-nics.ts'

/** As many CPUs as irqs are sent to: of a machine with hundreds the first ones stand for all. */
const CPUS_MAX = 8

/** What the machine is, for the record. Undefined: it does not say. */
export interface MachineFacts {
  /** As the firmware has it. */
  readonly product: string | undefined
  readonly cpuModel: string | undefined
  readonly cpus: number
  /** A hypervisor is below it. */
  readonly virtual: boolean
}

/** Everything that was read. */
export interface HostSurvey {
  readonly facts: ReturnType<typeof parseFacts>
  readonly cpus: CpuFacts
  readonly machine: MachineFacts
  readonly nics: readonly HostNic[]
  /** The whole /proc/interrupts, raw. */
  readonly interrupts: string
}

const TABLE = 'irqlab-interrupts'

const MACHINE_COMMAND = [
  'v=; p=; read -r v </sys/class/dmi/id/sys_vendor; read -r p </sys/class/dmi/id/product_name; echo "product $v $p"',
  "grep -m 1 '^model name' /proc/cpuinfo; grep -m 1 -o -w hypervisor /proc/cpuinfo",
].join('\n')

/** Reads it. `reached`: the address there that our connection goes to. Throws `Trouble`. */
export async function surveyHost(
  commands: Pick<GuestCommands, 'run'>,
  reached: string | undefined,
): Promise<HostSurvey> {
  const output = await commands.run(
    [
      FACTS_COMMAND,
      CPU_FACTS_COMMAND,
      APIC_LOG_COMMAND,
      MACHINE_COMMAND,
      NICS_COMMAND,
      `echo ${TABLE}; cat /proc/interrupts`,
    ].join('\n'),
  )
  const [head = '', table = ''] = output.split(`${TABLE}\n`)
  const interrupts = table.endsWith('\n') ? table : `${table}\n`
  const facts = parseFacts(head)
  const product = /^product (.*)$/m.exec(head)?.[1]?.trim()
  return {
    facts,
    cpus: parseCpuFacts(head),
    machine: {
      product: product === '' ? undefined : product,
      cpuModel: /^model name\s*: (.+)$/m.exec(head)?.[1]?.trim(),
      cpus: facts.onlineCpus.size,
      virtual: /^hypervisor$/m.test(head),
    },
    nics: hostNics(head, parseInterrupts(interrupts), reached),
    interrupts,
  }
}

/** The CPUs that irqs may be sent to: online, nobody has set them apart, and not all of many. */
export function usableCpus({ facts, cpus }: HostSurvey): CpuMask {
  const apart = cpus.isolated.union(cpus.tickless ?? CpuMask.of())
  return CpuMask.of(...facts.onlineCpus.minus(apart).cpus.slice(0, CPUS_MAX))
}

/** The same as an inventory of a guest has it: of the machine only what may be used, and of its NICs the one that is asked. */
export function inventoryOf(survey: HostSurvey, nic: HostNic): Inventory {
  const rxQueues = nic.rxQueues.slice(0, QUEUES_MAX)
  return {
    ...survey.facts,
    canHotplug: false,
    canThreadNapi: false,
    canSuspendToIdle: false,
    timer: undefined,
    cpus: { ...survey.cpus, possible: usableCpus(survey) },
    nic: { rxQueues, txQueues: [], config: undefined, all: rxQueues.map(({ irq }) => irq) },
    managementRx: undefined,
    devices: [],
    interrupts: survey.interrupts,
  }
}
