/** The QEMU command line of a guest, as a pure function of what was asked for: option and value apart, nothing hidden. */
import { managementTap, testTap } from '../host/tap.ts'
import { deviceArgs } from './device-args.ts'
import { type Machine, vectorsOf } from './machine.ts'

/** All that QEMU's command line depends on. */
export interface QemuRequest {
  readonly binary: string
  /** Major version: some flags are workarounds for one release. */
  readonly majorVersion: number
  readonly accel: 'kvm' | 'tcg'
  readonly machine: Machine
  readonly kernel: string
  readonly initrd: string
  readonly qmpSocket: string
  /** `--append`: put last, so that it wins. */
  readonly append: string
  /** `--qemu-arg`: put last. */
  readonly extraArgs: readonly string[]
}

/** The exact argv of a guest's QEMU; element 0 is the binary. */
export function qemuArgv(request: QemuRequest): [string, ...string[]] {
  const { machine } = request
  const words = [
    ['-nodefaults'],
    ['-no-user-config'],
    ['-name', 'irqlab'],
    acceleratorArgs(request),
    ['-smp', String(machine.cpus)],
    ['-m', `${machine.memoryMib}M`],
    ['-display', 'none'],
    // A panic reboots (panic=-1) and a reboot ends QEMU: a dead guest never hangs a run.
    ['-no-reboot'],
    ['-chardev', 'stdio,id=console,signal=off'],
    ['-serial', 'chardev:console'],
    ['-qmp', `unix:${request.qmpSocket},server=on,wait=off`],
    ['-kernel', request.kernel],
    ['-initrd', request.initrd],
    ['-append', kernelCommandLine(machine, request.append)],
    remappingArgs(machine),
    networkArgs(machine),
    deviceArgs(machine.devices, request.qmpSocket),
    request.extraArgs,
  ]
  return [request.binary, ...words.flat()]
}

function acceleratorArgs({ accel, majorVersion, machine }: QemuRequest): string[] {
  // Interrupt remapping under KVM needs the IO-APIC in user space.
  const split = machine.remapping === 'intel' ? ',kernel-irqchip=split' : ''
  if (accel === 'kvm') return ['-machine', `q35${split}`, '-accel', 'kvm', '-cpu', 'host']
  // QEMU before 8 corrupts guests with kernels from 6.12 on through cmpxchg16b under TCG (measured).
  const cpu = majorVersion < 8 ? 'max,cx16=off' : 'max'
  return ['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', cpu]
}

function remappingArgs(machine: Machine): string[] {
  // Before every other device: QEMU gives the IOMMU only to devices that come after it.
  return machine.remapping === 'intel' ? ['-device', 'intel-iommu,intremap=on'] : []
}

function networkArgs(machine: Machine): string[] {
  const { queuePairs } = machine.nic
  const test = testTap(queuePairs)
  // One queue: neither tap nor device may be multi-queue, or QEMU cannot configure the tap (measured).
  const tapQueues = queuePairs > 1 ? `,queues=${queuePairs}` : ''
  const multiQueue = queuePairs > 1 ? ',mq=on' : ''
  return [
    ['-netdev', `tap,id=mgmt,ifname=${managementTap.name},script=no,downscript=no`],
    ['-device', nicDevice('mgmt', managementTap.guest.mac, '')],
    ['-netdev', `tap,id=test,ifname=${test.name},script=no,downscript=no${tapQueues}`],
    ['-device', nicDevice('test', test.guest.mac, `${multiQueue},vectors=${vectorsOf(machine)}`)],
  ].flat()
}

/**
 * No option ROM: nothing boots from the network, and SeaBIOS need not look. No announcement: a guest from a snapshot is asked
 * for none (restore.ts), QEMU then has no timer for it, and ends by SIGSEGV when the driver resets such a NIC (seen on 7.2,
 * virtio_net_reset).
 */
function nicDevice(id: string, mac: string, more: string): string {
  return `virtio-net-pci,id=${id}-nic,netdev=${id},mac=${mac},romfile=,guest_announce=off${more}`
}

/** The kernel command line: console first, then what keeps the guest silent, then what was asked for. */
export function kernelCommandLine(machine: Machine, append: string): string {
  const words = [
    'console=ttyS0',
    // Notices and worse: the first line proves that the kernel runs, and no warning is hidden.
    'loglevel=6',
    'panic=-1',
    // No router solicitations and no neighbour discovery on the NIC under test.
    'ipv6.disable=1',
    'random.trust_cpu=on',
    // The kernel waits some 40 ms for five ticks, and with remapping panics when fewer came: on a host that was busy
    // elsewhere (seen on 6.1). Under KVM it knows better by itself (io_apic.c:timer_irq_works, kvm.c, 5.10 to 7.3).
    'no_timer_check',
    machine.append,
    append,
  ]
  return words.filter((word) => word !== '').join(' ')
}
