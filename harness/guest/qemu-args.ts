/** The QEMU command line of a guest, as a pure function of what was asked for: option and value apart, nothing hidden. */
import { managementTap, testTap } from '../host/tap.ts'
import { acceleratorArgs, cpuWords, iommuArgs, numaArgs, smpArgs } from './cpu-args.ts'
import { deviceArgs, hogArgs } from './device-args.ts'
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
    smpArgs(machine),
    ['-m', `${machine.memoryMib}M`],
    numaArgs(machine),
    ['-display', 'none'],
    // A panic reboots (panic=-1) and a reboot ends QEMU: a dead guest never hangs a run.
    ['-no-reboot'],
    ['-chardev', 'stdio,id=console,signal=off'],
    ['-serial', 'chardev:console'],
    ['-qmp', `unix:${request.qmpSocket},server=on,wait=off`],
    ['-kernel', request.kernel],
    ['-initrd', request.initrd],
    ['-append', kernelCommandLine(machine, request.append)],
    iommuArgs(machine),
    networkArgs(machine),
    deviceArgs(machine.devices, request.qmpSocket),
    hogArgs(machine.vectorHogs),
    request.extraArgs,
  ]
  return [request.binary, ...words.flat()]
}

function networkArgs(machine: Machine): string[] {
  const { queuePairs, vhost, eventIdx: events } = machine.nic
  const test = testTap(queuePairs)
  // One queue: neither tap nor device may be multi-queue, or QEMU cannot configure the tap (measured).
  const tapQueues = queuePairs > 1 ? `,queues=${queuePairs}` : ''
  const multiQueue = queuePairs > 1 ? ',mq=on' : ''
  const eventIdx = events ? '' : ',event_idx=off'
  const inKernel = vhost ? ',vhost=on' : ''
  return [
    ['-netdev', `tap,id=mgmt,ifname=${managementTap.name},script=no,downscript=no`],
    ['-device', nicDevice('mgmt', managementTap.guest.mac, '')],
    ['-netdev', `tap,id=test,ifname=${test.name},script=no,downscript=no${tapQueues}${inKernel}`],
    ['-device', nicDevice('test', test.guest.mac, `${multiQueue},vectors=${vectorsOf(machine)}${eventIdx}`)],
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
    ...cpuWords(machine),
    machine.append,
    append,
  ]
  return words.filter((word) => word !== '').join(' ')
}
