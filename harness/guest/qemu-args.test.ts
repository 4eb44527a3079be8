import t from 'tap'
import { machineOf } from './machine.ts'
import { kernelCommandLine, qemuArgv, type QemuRequest } from './qemu-args.ts'

const PLAIN: QemuRequest = {
  binary: '/usr/bin/qemu-system-x86_64',
  majorVersion: 10,
  accel: 'tcg',
  machine: machineOf('plain'),
  kernel: '/cache/bzImage',
  initrd: '/cache/initrd',
  qmpSocket: '/run/qmp',
  append: '',
  extraArgs: [],
}
const REMAPPED: QemuRequest = { ...PLAIN, machine: machineOf('remapped') }

/** What follows each option of that name, in order. */
function valuesOf(request: QemuRequest, option: string): readonly string[] {
  const argv = qemuArgv(request)
  return argv.flatMap((word, at) => (word === option ? [argv[at + 1] ?? ''] : []))
}

const BEFORE = ['/usr/bin/qemu-system-x86_64', '-nodefaults', '-no-user-config', '-name', 'irqlab']
const MIDDLE = [
  ['-smp', '4', '-m', '512M', '-display', 'none', '-no-reboot'],
  ['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
  ['-qmp', 'unix:/run/qmp,server=on,wait=off', '-kernel', '/cache/bzImage', '-initrd', '/cache/initrd'],
  ['-append', 'console=ttyS0 loglevel=6 panic=-1 ipv6.disable=1 random.trust_cpu=on no_timer_check'],
].flat()
const NETWORK = [
  ['-netdev', 'tap,id=mgmt,ifname=irqlab-mgmt,script=no,downscript=no'],
  ['-device', 'virtio-net-pci,id=mgmt-nic,netdev=mgmt,mac=52:54:00:69:71:01,romfile=,guest_announce=off'],
  ['-netdev', 'tap,id=test,ifname=irqlab-test,script=no,downscript=no,queues=4'],
  [
    '-device',
    'virtio-net-pci,id=test-nic,netdev=test,mac=52:54:00:69:71:02,romfile=,guest_announce=off,mq=on,vectors=10',
  ],
].flat()

await t.test('the whole command line, option and value apart', async (t) => {
  const tcg = ['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max']
  t.strictSame(qemuArgv(PLAIN), [...BEFORE, ...tcg, ...MIDDLE, ...NETWORK])
  const iommu = ['-device', 'intel-iommu,intremap=on']
  t.strictSame(qemuArgv(REMAPPED), [...BEFORE, ...tcg, ...MIDDLE, ...iommu, ...NETWORK])
})

await t.test('a NIC that can be silenced at once', (t) => {
  const machine = machineOf({ name: 'silent', nic: { eventIdx: false } })
  const nics = valuesOf({ ...PLAIN, machine }, '-device').filter((device) =>
    device.startsWith('virtio-net-pci'),
  )
  t.match(
    nics.find((device) => device.includes('id=test-nic')),
    /,event_idx=off$/,
  )
  t.notMatch(
    nics.find((device) => device.includes('id=mgmt-nic')),
    'event_idx',
  )
  t.end()
})

await t.test(
  'KVM: the host’s CPU, and the IO-APIC outside of the kernel only where vectors are remapped',
  async (t) => {
    const kvm = ['-accel', 'kvm', '-cpu', 'host']
    t.strictSame(qemuArgv({ ...PLAIN, accel: 'kvm' }), [
      ...BEFORE,
      '-machine',
      'q35',
      ...kvm,
      ...MIDDLE,
      ...NETWORK,
    ])
    t.same(valuesOf({ ...REMAPPED, accel: 'kvm' }, '-machine'), ['q35,kernel-irqchip=split'])
    t.same(valuesOf(REMAPPED, '-machine'), ['q35'], 'TCG has no such option')
    t.same(
      valuesOf({ ...PLAIN, accel: 'kvm', majorVersion: 7 }, '-cpu'),
      ['host'],
      'the workaround is for TCG',
    )
  },
)

await t.test('the local APICs: by the CPU model, and by what the IOMMU takes', async (t) => {
  const of = (
    apic: 'xapic' | 'x2apic',
    more: Partial<QemuRequest> = {},
    remapping: 'none' | 'intel' = 'intel',
  ) => {
    const request = { ...PLAIN, ...more, machine: machineOf({ name: 'mine', apic, remapping }) }
    return [...valuesOf(request, '-cpu'), valuesOf(request, '-device')[0]]
  }
  t.same(of('x2apic'), ['max,+x2apic', 'intel-iommu,intremap=on,eim=on'])
  t.same(of('xapic'), ['max,-x2apic', 'intel-iommu,intremap=on,eim=off'])
  t.same(of('xapic', { majorVersion: 7 })[0], 'max,cx16=off,-x2apic')
  t.same(of('x2apic', { accel: 'kvm' })[0], 'host,+x2apic')
  t.match(of('x2apic', { accel: 'kvm' }, 'none'), ['host,+x2apic', /^virtio-net-pci/])
})

await t.test("AMD's IOMMU, and an IO-APIC that KVM leaves to QEMU", async (t) => {
  const amd = { ...PLAIN, machine: machineOf('remapped-amd') }
  t.match(valuesOf(amd, '-device'), [
    'amd-iommu,intremap=on',
    /^virtio-net-pci,id=mgmt/,
    /^virtio-net-pci,id=test/,
  ])
  t.same(valuesOf({ ...amd, accel: 'kvm' }, '-machine'), ['q35,kernel-irqchip=split'])
  const split = { ...PLAIN, machine: machineOf('split-irqchip') }
  t.same(valuesOf({ ...split, accel: 'kvm' }, '-machine'), ['q35,kernel-irqchip=split'])
})

await t.test('CPUs: sockets, threads, places for more, nodes with memory of their own', async (t) => {
  const smp = (machine: Parameters<typeof machineOf>[0]) =>
    valuesOf({ ...PLAIN, machine: machineOf(machine) }, '-smp')[0]
  t.equal(smp('many-cpus'), '64')
  t.equal(smp('hotpluggable'), '4,maxcpus=6,sockets=1,cores=6,threads=1')
  t.equal(smp({ name: 'smt', threads: 2 }), '4,maxcpus=4,sockets=1,cores=2,threads=2')
  t.equal(
    smp({ name: 'mine', cpus: 6, spareCpus: 2, sockets: 2, threads: 2 }),
    '6,maxcpus=8,sockets=2,cores=2,threads=2',
  )
  const numa = { ...PLAIN, machine: machineOf('numa') }
  t.same(valuesOf(numa, '-smp'), ['4,maxcpus=4,sockets=2,cores=2,threads=1'])
  t.same(valuesOf(numa, '-object'), [
    'memory-backend-ram,id=node0,size=256M',
    'memory-backend-ram,id=node1,size=256M',
  ])
  t.same(valuesOf(numa, '-numa'), [
    'node,nodeid=0,memdev=node0,cpus=0-1',
    'node,nodeid=1,memdev=node1,cpus=2-3',
  ])
  t.same(valuesOf(PLAIN, '-numa'), [])
})

await t.test(
  'CPUs that are set apart are words of the kernel, before those that were asked for',
  async (t) => {
    const machine = machineOf({
      name: 'mine',
      cpus: 6,
      startedCpus: 4,
      isolatedCpus: '2-3',
      ticklessCpus: '3',
      irqAffinity: '0,2',
      append: 'nosmt',
    })
    t.match(
      kernelCommandLine(machine, 'quiet'),
      / no_timer_check maxcpus=4 isolcpus=managed_irq,domain,2-3 nohz_full=3 irqaffinity=0,2 nosmt quiet$/,
    )
  },
)

await t.test('vhost is for the NIC under test alone', async (t) => {
  const netdevs = valuesOf({ ...PLAIN, machine: machineOf('vhost') }, '-netdev')
  t.notMatch(netdevs[0], /vhost/)
  t.match(netdevs[1], /,queues=4,vhost=on$/)
})

await t.test('QEMU before 8 gets no cmpxchg16b under TCG', async (t) => {
  for (const majorVersion of [6, 7]) t.same(valuesOf({ ...PLAIN, majorVersion }, '-cpu'), ['max,cx16=off'])
  for (const majorVersion of [8, 10]) t.same(valuesOf({ ...PLAIN, majorVersion }, '-cpu'), ['max'])
})

await t.test('the IOMMU comes before every NIC, or it would not remap them', async (t) => {
  const devices = valuesOf(REMAPPED, '-device')
  t.match(devices, [/^intel-iommu,/, /^virtio-net-pci,id=mgmt/, /^virtio-net-pci,id=test/])
  t.equal(devices.length, 3)
})

await t.test('one queue pair: neither device nor tap is multi-queue', async (t) => {
  const one = { ...PLAIN, machine: machineOf({ name: 'one', nic: { queuePairs: 1 } }) }
  t.notMatch(qemuArgv(one).join(' '), /mq=|queues=/)
  t.match(valuesOf(one, '-device').at(-1), /romfile=,guest_announce=off,vectors=4$/)
  const two = { ...PLAIN, machine: machineOf({ name: 'two', nic: { queuePairs: 2 } }) }
  t.match(valuesOf(two, '-netdev').at(-1), /,queues=2$/)
  t.match(valuesOf(two, '-device').at(-1), /,mq=on,vectors=6$/)
})

await t.test('each device of a machine, behind the console, the IOMMU and the NICs', async (t) => {
  const machine = machineOf({ name: 'remapped', devices: ['virtio-serial', 'ttyS1', 'ahci'] })
  const all = { ...PLAIN, machine }
  t.same(valuesOf(all, '-chardev').slice(1), [
    'socket,id=virtio-serial,path=/run/virtio-serial.socket',
    'socket,id=ttyS1,path=/run/ttyS1.socket',
  ])
  t.same(valuesOf(all, '-serial'), ['chardev:console', 'chardev:ttyS1'], 'the second is ttyS1')
  t.match(valuesOf(all, '-device'), [
    /^intel-iommu,/,
    /^virtio-net-pci,id=mgmt/,
    /^virtio-net-pci,id=test/,
    // A vector each for config, two inputs, two outputs and the control input.
    'virtio-serial-pci,id=serial-bus,max_ports=2,vectors=6',
    'virtserialport,bus=serial-bus.0,nr=1,chardev=virtio-serial,name=irqlab',
    'ide-hd,bus=ide.0,drive=ahci',
  ])
  t.same(valuesOf(all, '-blockdev'), ['driver=null-co,node-name=ahci,size=1048576,read-zeroes=on'])
  const last = { ...all, extraArgs: ['-S'] }
  t.same(qemuArgv(last).slice(-1), ['-S'])
})

await t.test('vector hogs stand in the middle of the bus, after all other devices', async (t) => {
  const machine = machineOf({ name: 'remapped', devices: ['virtio-serial'], vectorHogs: 2 })
  t.same(valuesOf({ ...PLAIN, machine }, '-device').slice(-2), [
    'virtio-serial-pci,id=hog-0,max_ports=31,vectors=66,addr=0x10',
    'virtio-serial-pci,id=hog-1,max_ports=31,vectors=66,addr=0x11',
  ])
})

await t.test('what was asked for comes last, so that it wins', async (t) => {
  const machine = machineOf({ name: 'mine', append: 'nosmt', cpus: 8, memoryMib: 1024 })
  const request = { ...PLAIN, machine, append: 'loglevel=7 quiet', extraArgs: ['-m', '2G', '-S'] }
  t.match(valuesOf(request, '-append'), [/^console=ttyS0 .* nosmt loglevel=7 quiet$/])
  t.same(qemuArgv(request).slice(-3), ['-m', '2G', '-S'])
  t.same(valuesOf(request, '-smp'), ['8'])
  t.same(valuesOf(request, '-m'), ['1024M', '2G'])
  t.equal(kernelCommandLine(machineOf('plain'), '').endsWith(' '), false, 'nothing asked for leaves no blank')
})

await t.test('words are passed as they are, never split', async (t) => {
  const odd = { ...PLAIN, kernel: '/my kernels/bz Image', extraArgs: ['-fw_cfg', 'name=opt/a,string=b c'] }
  t.same(valuesOf(odd, '-kernel'), ['/my kernels/bz Image'])
  t.same(valuesOf(odd, '-fw_cfg'), ['name=opt/a,string=b c'])
})

const DISK = { path: '/images/a,b.qcow2', format: 'qcow2', kernelWords: ['irqlab.root=/dev/vda1'] } as const

await t.test('a disk is only read, comes behind the NICs, and the kernel is told of it', (t) => {
  const request = { ...PLAIN, disk: DISK }
  t.same(valuesOf(request, '-drive'), [
    'if=none,id=root,file=/images/a,,b.qcow2,format=qcow2,snapshot=on,discard=unmap',
  ])
  t.match(valuesOf(request, '-device'), [
    /id=mgmt-nic/,
    /id=test-nic/,
    /^virtio-blk-pci,id=root-disk,drive=root,num-queues=1$/,
  ])
  t.match(valuesOf(request, '-append')[0], / no_timer_check irqlab\.root=\/dev\/vda1$/)
  t.end()
})

await t.test('an image with a boot loader of its own, DHCP and cloud-init', (t) => {
  const { kernel: _, initrd: __, ...bare } = PLAIN
  const request = { ...bare, disk: DISK, sshPort: 2200, seedDir: '/run/x/seed' }
  for (const option of ['-kernel', '-initrd', '-append']) t.same(valuesOf(request, option), [])
  t.equal(
    valuesOf(request, '-netdev')[0],
    'user,id=mgmt,restrict=on,hostfwd=tcp:127.0.0.1:2222-:2200',
    'the guest reaches nobody',
  )
  t.match(valuesOf(request, '-device').slice(2), [
    /drive=root,num-queues=1,bootindex=0$/,
    /drive=seed,num-queues=1$/,
  ])
  t.same(valuesOf(request, '-blockdev'), [
    'driver=vvfat,node-name=seed,dir=/run/x/seed,label=CIDATA,read-only=on',
  ])
  t.end()
})
