/** Which command adds the options that a tree lacks? One line for a shell, to be run in the tree. */
import type { KernelConfig, MissingOption } from './kernel-config.ts'

/** What an option depends on, in words of scripts/config, and what sets it, where it cannot be set itself. */
const prerequisites: Readonly<Record<string, readonly string[]>> = {
  TMPFS: ['SHMEM'],
  UNIX98_PTYS: ['TTY'],
  SERIAL_8250_CONSOLE: ['TTY', 'SERIAL_8250'],
  INET: ['NET'],
  PCI_MSI: ['PCI'],
  VIRTIO_PCI: ['PCI', 'VIRTIO_MENU'],
  VIRTIO_NET: ['PCI', 'NET', 'NETDEVICES', 'NET_CORE', 'VIRTIO_MENU'],
  FUNCTION_TRACER: ['FTRACE'],
  STACKTRACE: ['FTRACE', 'FUNCTION_TRACER'],
  KPROBE_EVENTS: ['MODULES', 'KPROBES', 'FTRACE'],
}

/** arch/x86/Kconfig: X86_64 follows from 64BIT. */
const setBy: Readonly<Record<string, string>> = { X86_64: '64BIT' }

/** `scripts/config --enable A --enable B && make olddefconfig && MAKE`, with what the missing options depend on. */
export function enablingLine(
  tree: { readonly config: KernelConfig; readonly configScript: string },
  missing: readonly MissingOption[],
  make: string,
): string {
  const wanted = missing.map(({ option }) => option.replace(/^CONFIG_/, ''))
  const before = wanted
    .flatMap((name) => prerequisites[name] ?? [])
    .filter((name) => tree.config.get(`CONFIG_${name}`) !== 'y')
  const names = [...new Set([...before, ...wanted].map((name) => setBy[name] ?? name))]
  return `${tree.configScript} ${names.map((name) => `--enable ${name}`).join(' ')} && make olddefconfig && ${make}`
}
