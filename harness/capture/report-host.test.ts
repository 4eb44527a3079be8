/** Does a report show of the command line and the modules what our own script shows, and no more? */
import t from 'tap'
import { captureScript } from './capture-script.ts'
import { findMachine } from './found-machine.ts'
import type { Machine } from './machine.ts'
import { channelsText, deviceTexts } from './report-devices.ts'
import { COMMAND_LINE_WORDS, hostText, MODULE_NAMES } from './report-host.ts'
import { takenAt } from './report-times.ts'
import { balancersText, settingsText, writersText } from './report-writers.ts'

function machineOf(texts: Readonly<Record<string, string>>): Machine {
  const machine = findMachine({
    files: new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)])),
    defects: [],
    oddity: undefined,
    hasMachine: true,
    names: new Set(),
    readOnly: new Set(),
    newestMs: 0,
  })
  if (machine === undefined) throw new Error('no machine')
  return machine
}

/** The value of a variable of the script, which is put together from lines of it. */
function scriptValue(name: string): string {
  const lines = [...captureScript().matchAll(new RegExp(`^${name}=['"](.*)['"]$`, 'gm'))]
  return lines.map(([, value = '']) => value.replace(`$${name}|`, '')).join('|')
}

await t.test('the same words and modules as in capture.sh', (t) => {
  t.equal(COMMAND_LINE_WORDS, scriptValue('words'))
  t.equal(MODULE_NAMES, scriptValue('modules'))
  t.end()
})

await t.test('host.txt: what sysfs does not say, lscpu and uname do', (t) => {
  const text = hostText(
    machineOf({
      'x/proc/cmdline': 'root=UUID=secret isolcpus=1 password=secret\n',
      'x/sos_commands/kernel/uname_-a':
        'Linux secret 6.1.0-56-amd64 #1 SMP Debian 6.1.192-2 (2026-11-16) x86_64 GNU/Linux\n',
      'x/sos_commands/kernel/lsmod':
        'Module                  Size  Used by\nvirtio_net             61440  0\nsecret 1 0\n',
      'x/sos_commands/processor/lscpu':
        'CPU(s):                  4\nOn-line CPU(s) list:     0-2\nThread(s) per core:      1\nCore(s) per socket:      2\nNUMA node0 CPU(s):       0,1\nNUMA node1 CPU(s):       2\nFlags:                   fpu x2apic hypervisor\n',
    }),
  )
  t.same(text.trim().split('\n').toSorted(), [
    'proc/cmdline:isolcpus=1',
    'proc/cpuinfo:hypervisor',
    'proc/cpuinfo:x2apic',
    'proc/modules:virtio_net',
    'proc/sys/kernel/osrelease:6.1.0-56-amd64',
    'proc/sys/kernel/version:#1 SMP Debian 6.1.192-2 (2026-11-16)',
    'sys/devices/system/cpu/cpu0/topology/physical_package_id:0',
    'sys/devices/system/cpu/cpu1/topology/physical_package_id:0',
    'sys/devices/system/cpu/cpu2/topology/physical_package_id:1',
    'sys/devices/system/cpu/online:0-2',
    'sys/devices/system/cpu/possible:0-3',
    'sys/devices/system/node/node0/cpulist:0,1',
    'sys/devices/system/node/node1/cpulist:2',
  ])
  t.end()
})

await t.test('devices: from the counters, lspci and ethtool', (t) => {
  const machine = machineOf({
    'x/proc/interrupts':
      '   CPU0\n 25: 1 PCI-MSI 32769-edge virtio1-input.0\n 26: 1 IR-PCI-MSIX-0001:3b:00.1 3-edge eth0-TxRx-3\n 27: 1 PCI-MSI 1073741824-edge far\n',
    'x/sos_commands/pci/lspci_-nnvv':
      '00:02.0 Ethernet controller [0200]: Red Hat, Inc. Virtio network device [1af4:1000]\n\tInterrupt: pin A\n\tKernel driver in use: virtio-pci\n0001:3b:00.1 Ethernet controller [0200]: Intel [8086:1592]\n',
    'x/sos_commands/networking/ethtool_-i_eth0': 'driver: virtio_net\nbus-info: 0000:00:02.0\n',
    'x/sos_commands/networking/ethtool_-l_eth0':
      'Channel parameters for eth0:\nPre-set maximums:\nRX:\t\tn/a\nCombined:\t8\nCurrent hardware settings:\nRX:\t\tn/a\nCombined:\t4\n',
  })
  const { links, devices } = deviceTexts(machine)
  t.same(links.trim().split('\n').toSorted(), [
    'sys/bus/pci/devices/0000:00:02.0/msi_irqs/25',
    'sys/bus/pci/devices/0000:00:02.0/net/eth0',
    'sys/bus/pci/devices/0001:3b:00.1/msi_irqs/26',
    'sys/bus/pci/devices/0008:00:00.0/msi_irqs/27',
    'sys/bus/pci/drivers/virtio-pci/0000:00:02.0',
  ])
  t.match(
    devices,
    'sys/bus/pci/devices/0000:00:02.0/vendor:0x1af4\nsys/bus/pci/devices/0000:00:02.0/device:0x1000\n',
  )
  t.equal(channelsText(machine), 'ethtool -l eth0:combined 4 of 8\n')
  t.end()
})

await t.test('who writes masks: processes, settings, units and scripts', (t) => {
  const machine = machineOf({
    'x/sos_commands/process/ps_auxwww':
      'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot         701  0.0  0.1  10000  4000 ?        Ss   01:57   0:00 /usr/sbin/irqbalance --foreground\nroot         702  0.0  0.1  10000  4000 ?        Ss   01:57   0:00 /usr/bin/python3 -Es /usr/sbin/tuned -l -P\nalice        703  0.0  0.1  10000  4000 ?        Ss   01:57   0:00 vi irqbalance\n',
    'x/etc/sysconfig/irqbalance':
      '# secret\nIRQBALANCE_BANNED_CPULIST=2\nIRQBALANCE_ARGS="--policyscript=/home/alice/x"\n',
    'x/sos_commands/tuned/tuned-adm_active': 'Current active profile: network-latency\n',
    'x/etc/rc.local':
      '#!/bin/sh\n# echo 1 > /proc/irq/1/smp_affinity\nPASSWORD=secret\necho 2 > /proc/irq/24/smp_affinity; echo 1-3 >/proc/irq/25/smp_affinity_list\n',
    'x/etc/cron.d/pin': '@reboot root /usr/local/bin/set_irq_affinity.sh all secret\n',
  })
  t.equal(balancersText(machine), 'proc/701/comm:irqbalance\nproc/702/comm:tuned\n')
  t.equal(
    settingsText(machine),
    'etc/sysconfig/irqbalance:IRQBALANCE_BANNED_CPULIST=2\netc/sysconfig/irqbalance:IRQBALANCE_ARGS="--policyscript=PATH"\netc/tuned/active_profile:network-latency\n',
  )
  t.equal(
    writersText(machine),
    'etc/rc.local:irq 24 smp_affinity 2\netc/rc.local:irq 25 smp_affinity_list 1-3\netc/cron.d/pin:some irqs\n',
  )
  t.end()
})

await t.test('when it was taken', (t) => {
  const date = (text: string) => takenAt(machineOf({ 'x/sos_commands/date/date': text }))
  t.equal(date('Mon Nov 23 01:58:24 UTC 2026\n'), '2026-11-23T01:58:24.000Z')
  t.equal(date('Mon Nov 23 01:58:24 AM UTC 2026\n'), '2026-11-23T01:58:24.000Z')
  t.equal(date('lundi\n'), '1970-01-01T00:00:00.000Z', 'else the newest of its files tells')
  t.end()
})
