/** What was a kernel built with, and what does irqlab miss in it? Pure: text of a .config in, names of options out. */
import { Trouble } from '../base/errors.ts'

/** Values by name: `CONFIG_SMP` -> `y`. An option that is not set is not in it. */
export type KernelConfig = ReadonlyMap<string, string>

/** An option that something depends on. */
export interface NeededOption {
  readonly option: string
  /** A module does as well, when the guest can load it. */
  readonly orModule: boolean
  /** What it is for. */
  readonly why: string
}

/** A needed option that the kernel does not have. */
export interface MissingOption extends NeededOption {
  /** What the configuration says; absent: not set at all. */
  readonly found: string | undefined
}

const need = (option: string, why: string, orModule = false): NeededOption => ({ option, why, orModule })

/** Without these no guest reaches SSH. */
export const neededToBoot: readonly NeededOption[] = [
  need('CONFIG_X86_64', 'irqlab runs x86-64 guests'),
  need('CONFIG_SMP', 'interrupts need a second CPU to move to'),
  need('CONFIG_BLK_DEV_INITRD', 'the guest is an initramfs'),
  need('CONFIG_BINFMT_ELF', 'programs'),
  need('CONFIG_BINFMT_SCRIPT', 'PID 1 is a shell script'),
  need('CONFIG_PROC_FS', 'affinities and counters'),
  need('CONFIG_SYSFS', 'the queues of the interface'),
  need('CONFIG_DEVTMPFS', 'device nodes'),
  need('CONFIG_TMPFS', 'the guest writes to /tmp and /run'),
  need('CONFIG_UNIX98_PTYS', 'a shell in a kept guest'),
  need('CONFIG_SERIAL_8250_CONSOLE', 'the console'),
  need('CONFIG_INET', 'SSH'),
  need('CONFIG_PCI_MSI', 'MSI-X interrupts'),
  need('CONFIG_VIRTIO_PCI', 'the interface under test', true),
  need('CONFIG_VIRTIO_NET', 'the interface under test', true),
]

/** Without these the laws that rest on the trace cannot be asked. */
export const neededToTrace: readonly NeededOption[] = [
  need('CONFIG_FTRACE', 'the trace'),
  need('CONFIG_FUNCTION_TRACER', 'the names in available_filter_functions'),
  need('CONFIG_KPROBE_EVENTS', 'state bits and the writer of a mask'),
  need('CONFIG_STACKTRACE', 'stacks in the trace'),
]

/** Reads a .config: `NAME=value` and comments. Throws `Trouble` naming the line and `where` for anything else. */
export function parseKernelConfig(text: string, where: string): KernelConfig {
  const config = new Map<string, string>()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, name, value] = /^(CONFIG_[A-Za-z0-9_]+)=(.+)$/.exec(line) ?? []
    if (name === undefined || value === undefined) {
      throw new Trouble(
        'image.config',
        `${where}:${index + 1} is no line of a kernel configuration: "${line}"`,
        {
          lasting: true,
        },
      )
    }
    config.set(name, value)
  }
  return config
}

/** The needed options that are not there; a module counts only where `canLoadModules`. */
export function missingOptions(
  config: KernelConfig,
  needed: readonly NeededOption[],
  canLoadModules: boolean,
): readonly MissingOption[] {
  return needed
    .map((item) => ({ ...item, found: config.get(item.option) }))
    .filter(({ found, orModule }) => found !== 'y' && !(found === 'm' && orModule && canLoadModules))
}
