/** A small sosreport, member by member: two queues of a NIC on two CPUs, the second of which waits. */
import type { Member } from './hostile-archives-fixture.ts'

/** /proc/interrupts of it. */
export const COUNTERS = [
  '            CPU0       CPU1       ',
  '  4:         10          0   IO-APIC   4-edge      ttyS0',
  ' 24:         60          0   PCI-MSI 32769-edge      virtio1-input.0',
  ' 25:          0          0   PCI-MSI 32770-edge      virtio1-output.0',
  'LOC:       4938       5148   Local timer interrupts',
  '',
].join('\n')

/** The members, below `root`; `changed` replaces the content of some, and leaves those out that it has as null. */
export function reportMembers(
  root = 'sosreport-customer-0421/',
  changed: Readonly<Record<string, string | Buffer | null>> = {},
): readonly Member[] {
  const files: Record<string, string | Buffer | null> = {
    'version.txt': 'sosreport: 4.0\n',
    'etc/systemd/system/dev-disk-by\\x2duuid.swap': '[Swap]\n',
    'proc/cmdline': 'root=UUID=secret irqaffinity=0-1 quiet\n',
    'proc/interrupts': COUNTERS,
    'proc/irq/default_smp_affinity': '3\n',
    ...irq(4, '0-1', '0'),
    ...irq(24, '0', '0'),
    ...irq(25, '1', '0'),
    'sos_commands/date/date_--utc': 'Mon Nov 23 01:58:24 UTC 2026\n',
    'sos_commands/kernel/dmesg': '[    0.1] x2apic enabled\n',
    'sos_commands/kernel/uname_-a':
      'Linux customer 6.1.0-56-cloud-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16) x86_64 GNU/Linux\n',
    'sos_commands/process/ps_auxwww':
      'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nroot         701  0.0  0.1  10000  4000 ?        Ss   01:57   0:00 /usr/sbin/irqbalance --foreground\n',
    'sys/devices/system/cpu/online': '0-1\n',
    'sys/devices/system/cpu/possible': '0-1\n',
    ...changed,
  }
  return [
    { path: root, type: '5' },
    { path: `${root}date`, type: '2', link: 'sos_commands/date/date_--utc' },
    { path: `${root}dev/null`, type: '3' },
    { path: `${root}run/initctl`, type: '6' },
    ...Object.entries(files).flatMap(([path, content]) =>
      content === null ? [] : [{ path: `${root}${path}`, content }],
    ),
  ].filter(({ path }) => path !== '')
}

function irq(number: number, requested: string, effective: string): Readonly<Record<string, string>> {
  const dir = `proc/irq/${number}`
  return {
    [`${dir}/smp_affinity`]: `${requested === '0-1' ? 3 : 2 ** Number(requested)}\n`,
    [`${dir}/smp_affinity_list`]: `${requested}\n`,
    [`${dir}/effective_affinity`]: `${2 ** Number(effective)}\n`,
    [`${dir}/effective_affinity_list`]: `${effective}\n`,
    [`${dir}/affinity_hint`]: '0\n',
    [`${dir}/node`]: '-1\n',
  }
}
