/** The QEMU command line of a guest, as a pure function of what was asked for: option and value apart, nothing hidden. */
import { managementTap, testTap } from '../host/tap.ts'
import type { BootDisk } from '../image/guest-image.ts'
import { acceleratorArgs, cpuWords, iommuArgs, numaArgs, smpArgs } from './cpu-args.ts'
import { deviceArgs, hogArgs } from './device-args.ts'
import { type Machine, vectorsOf } from './machine.ts'

/** The NIC under test, as QEMU knows it. */
export const TEST_NIC = 'test-nic'

/** All that QEMU's command line depends on. */
export interface QemuRequest {
  readonly binary: string
  /** Major version: some flags are workarounds for one release. */
  readonly majorVersion: number
  readonly accel: 'kvm' | 'tcg'
  readonly machine: Machine
  /** Absent: the boot loader on the disk starts its own. */
  readonly kernel?: string
  readonly initrd?: string
  /** What the guest starts from, if not from its initramfs alone. */
  readonly disk?: BootDisk
  /** The directory that cloud-init finds as a file system called `cidata`. */
  readonly seedDir?: string
  /** The guest asks for its address by DHCP, and its SSH server has this port there; absent: the management tap. */
  readonly sshPort?: number
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
    kernelArgs(request),
    iommuArgs(machine),
    networkArgs(machine, request.sshPort),
    diskArgs(request),
    deviceArgs(machine.devices, request.qmpSocket),
    hogArgs(machine.vectorHogs),
    request.extraArgs,
  ]
  return [request.binary, ...words.flat()]
}

function kernelArgs({ kernel, initrd, machine, disk, append }: QemuRequest): string[] {
  if (kernel === undefined) return []
  const words = kernelCommandLine(machine, append, disk?.kernelWords)
  return ['-kernel', kernel, ...(initrd === undefined ? [] : ['-initrd', initrd]), '-append', words]
}

/** Where the SSH server of a guest with an address by DHCP is found, on loopback of the run's own network. */
export const FORWARDED = { host: '127.0.0.1', port: 2222 } as const

/**
 * Behind the NICs, whose places are those of a guest without a disk. `snapshot=on`: what the guest writes goes to a file of
 * QEMU's that has no name, and the image is opened for reading alone. One queue: with one for each CPU the kernel would
 * shut irqs of theirs down with their CPUs, and the count of vectors would change by what nobody asked for (seen on 6.1).
 */
function diskArgs({ disk, seedDir, kernel }: QemuRequest): string[] {
  if (disk === undefined) return []
  const { path, format } = disk
  const boot = kernel === undefined ? ',bootindex=0' : ''
  return [
    ['-drive', `if=none,id=root,file=${quoted(path)},format=${format},snapshot=on,discard=unmap`],
    ['-device', `virtio-blk-pci,id=root-disk,drive=root,num-queues=1${boot}`],
    ...(seedDir === undefined
      ? []
      : [
          ['-blockdev', `driver=vvfat,node-name=seed,dir=${quoted(seedDir)},label=CIDATA,read-only=on`],
          ['-device', 'virtio-blk-pci,id=seed-disk,drive=seed,num-queues=1'],
        ]),
  ].flat()
}

/** QEMU takes a comma for the end of a value. */
function quoted(value: string): string {
  return value.replaceAll(',', ',,')
}

function managementArgs(sshPort: number | undefined): string {
  if (sshPort === undefined) return `tap,id=mgmt,ifname=${managementTap.name},script=no,downscript=no`
  // Nothing but the forwarded port and DHCP: the guest reaches nobody.
  return `user,id=mgmt,restrict=on,hostfwd=tcp:${FORWARDED.host}:${FORWARDED.port}-:${sshPort}`
}

function networkArgs(machine: Machine, sshPort: number | undefined): string[] {
  const { queuePairs, vhost, eventIdx: events } = machine.nic
  const test = testTap(queuePairs)
  // One queue: neither tap nor device may be multi-queue, or QEMU cannot configure the tap (measured).
  const tapQueues = queuePairs > 1 ? `,queues=${queuePairs}` : ''
  const multiQueue = queuePairs > 1 ? ',mq=on' : ''
  const eventIdx = events ? '' : ',event_idx=off'
  const inKernel = vhost ? ',vhost=on' : ''
  return [
    ['-netdev', managementArgs(sshPort)],
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
function nicDevice(id: 'mgmt' | 'test', mac: string, more: string): string {
  return `virtio-net-pci,id=${id}-nic,netdev=${id},mac=${mac},romfile=,guest_announce=off${more}`
}

/** The kernel command line: console first, then what keeps the guest silent, then what was asked for. */
export function kernelCommandLine(machine: Machine, append: string, more: readonly string[] = []): string {
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
    ...more,
    machine.append,
    append,
  ]
  return words.filter((word) => word !== '').join(' ')
}
