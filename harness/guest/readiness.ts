/** Is the guest ready? Named stages, each with a limit; the one that is not reached in time is named, with the console. */
import type { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { LimitName, Limits } from '../base/limits.ts'
import { kernelFaultOn } from './console-verdict.ts'
import type { SerialLog } from './serial-log.ts'

interface ConsoleStage {
  readonly name: LimitName
  /** Completes "... took longer than 20 s". */
  readonly what: string
  readonly sign: RegExp
  readonly hint: string
}

/**
 * What the console shows, in order. The firmware prints nothing: its stage ends with the kernel's first line, which
 * needs `loglevel=6` and a serial console on ttyS0. A mark may begin in the middle of a line: the kernel may be printing one (seen on
 * a starved 5.10, behind "Unstable clock").
 */
const CONSOLE_STAGES: readonly ConsoleStage[] = [
  {
    name: 'boot.firmware',
    what: 'Firmware and early kernel (nothing on the console yet)',
    sign: /./,
    hint: 'is it a bootable bzImage with a serial console (CONFIG_SERIAL_8250_CONSOLE)?',
  },
  {
    name: 'boot.kernel',
    what: 'The kernel on its way to init',
    sign: /irqlab-stage: init/,
    hint: 'does the kernel have CONFIG_BLK_DEV_INITRD, CONFIG_DEVTMPFS and CONFIG_BINFMT_SCRIPT?',
  },
  {
    name: 'boot.init',
    what: 'Loading the modules in the guest',
    sign: /irqlab-stage: modules/,
    hint: 'do the modules belong to this kernel?',
  },
  {
    name: 'boot.network',
    what: 'Bringing up the management network in the guest',
    sign: /irqlab-stage: network/,
    hint: 'does the kernel have virtio-net and virtio-pci, built in or as modules (modules=DIR)?',
  },
]

/** With a disk behind the initramfs there is one more, after which its own init says what it likes. */
const HANDED_OVER: ConsoleStage = {
  name: 'boot.disk',
  what: 'Finding and mounting the disk in the guest',
  sign: /irqlab-stage: system/,
  hint: 'does the kernel have virtio-blk and the file system of the disk, built in or as modules?',
}

/** The last, reached while we log in. */
const TEST_NIC_STAGE: ConsoleStage = {
  name: 'boot.nic',
  what: 'Bringing up the NIC under test in the guest',
  sign: /irqlab-stage: nic/,
  hint: 'look at the end of serial.log',
}

/** What the guest's init prints when a step fails (images/micro/init). */
const COMPLAINT = /^.*irqlab-error: /

/** How the guest's end makes itself known while we wait: rejects, never resolves. */
export type Loss = Promise<never>

/**
 * Waits until the console has shown certain stages, one after the other. `onStage` hears of each one reached, `emulated`
 * says that the guest runs on TCG. Throws `Trouble` at the stage that failed, with the last console lines and a hint, or
 * `KernelFault`.
 */
type Await = (
  console: SerialLog,
  loss: Loss,
  limits: Limits,
  onStage: (stage: LimitName) => void,
  emulated: boolean,
) => Promise<void>

/** All stages up to the management network. */
export const awaitConsoleStages: Await = awaiting(CONSOLE_STAGES)

/** All stages up to the init of a disk. */
export const awaitDiskStages: Await = awaiting([...CONSOLE_STAGES, HANDED_OVER])

/** The NIC under test is up. */
export const awaitTestNic: Await = awaiting([TEST_NIC_STAGE])

function awaiting(stages: readonly ConsoleStage[]): Await {
  return async (console, loss, limits, onStage, emulated) => {
    for (const stage of stages) {
      await reached(stage, console, loss, limits.deadline(stage.name, stage.what), emulated)
      onStage(stage.name)
    }
  }
}

async function reached(
  stage: ConsoleStage,
  console: SerialLog,
  loss: Loss,
  deadline: Deadline,
  emulated: boolean,
): Promise<void> {
  const either = new RegExp(`${stage.sign.source}|${COMPLAINT.source}`)
  const watches: (() => void)[] = []
  const shown = new Promise<void>((resolve, reject) => {
    const look = () => {
      // The guest goes on after a complaint: what it printed first decides, also when both came at once.
      const line = console.find(either)
      if (line === undefined) return
      if (COMPLAINT.test(line)) reject(new Trouble(stage.name, line.replace(COMPLAINT, 'The guest says: ')))
      else resolve()
    }
    watches.push(console.onLine(look))
    look()
  })
  try {
    await deadline.race(Promise.race([shown, loss]))
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    // Whatever the guest complains of or fails to do, a kernel that faulted is the reason.
    throw kernelFaultOn(console, emulated) ?? stageTrouble(stage, error, console)
  } finally {
    for (const end of watches) end()
  }
}

function stageTrouble(stage: ConsoleStage, error: Trouble, console: SerialLog): Trouble {
  const { message, hint, cause } = error
  return new Trouble(stage.name, message, { hint: hint ?? stage.hint, console: console.tail, cause })
}
