/** What is typed in a plain guest with Debian's 6.1: where the question comes from, and most of its answers. */
import type { TranscriptGuest } from './transcript.ts'

/** The other end of the cable. */
const HOST = '10.112.0.1'
/** One packet from CPU 2: queue 2 sends it (the driver's XPS), and its irq fires. */
const SEND = `taskset -c 2 ping -q -c 1 ${HOST} >/dev/null`
const MASKS = 'cat /proc/irq/{tx}/smp_affinity_list /proc/irq/{tx}/effective_affinity_list'
const ROW = 'grep -e CPU0 -e virtio1-output.2 /proc/interrupts'
const CPU3 = '/sys/devices/system/cpu/cpu3/online'

/** On CPU 2, nothing pending, the old vector freed. */
const AT_REST = [
  `echo 2 >/proc/irq/{tx}/smp_affinity_list`,
  SEND,
  'sleep 0.2',
  SEND,
  'sleep 0.2',
  SEND,
  'sleep 0.2',
]

/** The guest. */
export const FROM_PLAIN: TranscriptGuest = {
  words: ['managed-irq', '--kernel', 'debian:6.1'],
  what: 'machine plain with virtio-blk',
  irqs: { tx: /^virtio1-output\.2$/, rx: /^virtio1-input\.1$/, tty: /^ttyS0$/, disk: /-req\.3$/ },
  transcripts: [
    {
      name: 'the-question',
      before: AT_REST,
      typed: [MASKS, ROW, 'echo 0 >/proc/irq/{tx}/smp_affinity_list', MASKS, `sleep 10; ${ROW}`],
      shows: [/^0\n2$/m],
    },
    {
      name: 'quiet',
      typed: [{ diagnose: '{tx}' }],
      shows: [/^! pending-and-quiet$/m, /CPU 0 requested, effective is still CPU 2: no interrupt/],
    },
    {
      name: 'quiet-no-more',
      typed: [`${SEND}; ${ROW}`, 'cat /proc/irq/{tx}/effective_affinity_list', `${SEND}; ${ROW}`],
      shows: [/^0$/m],
    },
    {
      name: 'chip',
      typed: ['cat /sys/kernel/irq/{tx}/chip_name', 'cat /sys/kernel/irq/{tx}/actions', 'ls /proc/irq/{tx}'],
      shows: [/^PCI-MSI$/m, /effective_affinity_list/],
    },
    {
      name: 'refused-managed',
      typed: [
        'cat /sys/kernel/irq/{disk}/actions',
        'echo 0 >/proc/irq/{disk}/smp_affinity_list',
        'ls -l /proc/irq/{disk}/smp_affinity_list',
        { diagnose: '{disk}' },
      ],
      shows: [/write error: Input\/output error/, /a new mask is refused: .* lets the kernel place it/],
    },
    {
      name: 'refused-masks',
      before: AT_REST,
      typed: [
        'echo 7 >/proc/irq/{tx}/smp_affinity_list',
        'echo 10 >/proc/irq/{tx}/smp_affinity',
        'echo 0 >/proc/irq/{tx}/smp_affinity',
        'echo 1 >/proc/irq/0/smp_affinity_list',
        'echo -n >/proc/irq/{tx}/smp_affinity_list; echo $?',
        'cat /proc/irq/{tx}/smp_affinity_list',
      ],
      shows: [
        /Numerical result out of range/,
        /Value too large/,
        /Invalid argument/,
        /Input\/output error/,
        /^0\n\$ cat .*\n2$/m,
      ],
    },
    {
      name: 'offline-in-mask',
      before: [`echo 0 >${CPU3}`, ...AT_REST],
      typed: [
        'cat /sys/devices/system/cpu/online',
        'echo 3 >/proc/irq/{tx}/smp_affinity_list',
        'echo 2-3 >/proc/irq/{tx}/smp_affinity_list',
        MASKS,
        { diagnose: '{tx}', finding: 'offline-cpu-in-mask' },
      ],
      shows: [/^0-2$/m, /Invalid argument/, /^2-3\n2$/m, /only CPU 2 can get it/],
      after: [`echo 1 >${CPU3}`],
    },
    {
      name: 'broken-by-offline',
      before: [
        'echo 3 >/proc/irq/{tty}/smp_affinity_list; for n in 1 2 3; do echo >/dev/ttyS0; sleep 0.2; done',
      ],
      typed: [
        'cat /proc/irq/{tty}/smp_affinity_list /proc/irq/{tty}/effective_affinity_list',
        `echo 0 >${CPU3}; cat /proc/irq/{tty}/smp_affinity_list`,
        `echo 1 >${CPU3}; cat /proc/irq/{tty}/smp_affinity_list`,
        { diagnose: '{tty}', finding: 'affinity-broken' },
      ],
      shows: [/^3\n3$/m, /^0-2\n[^]*^0-2$/m, /what was left when CPU 3 went offline/],
      after: ['echo 0-3 >/proc/irq/{tty}/smp_affinity_list'],
    },
    {
      name: 'hint-rewritten',
      before: AT_REST,
      typed: [
        'cat /proc/irq/{tx}/affinity_hint',
        'echo 0 >/proc/irq/{tx}/smp_affinity_list',
        `echo 0 >${CPU3}; cat /proc/irq/{tx}/smp_affinity_list`,
      ],
      shows: [/^0*4$/m, /online; cat .*\n2$/m],
      after: [`echo 1 >${CPU3}`],
    },
    {
      name: 'hint-against-mask',
      before: ['echo 0 >/proc/irq/{tx}/smp_affinity_list', SEND, 'sleep 0.2', SEND, 'sleep 0.2'],
      typed: [{ diagnose: '{tx}', finding: 'hint-against-mask' }],
      shows: [/its driver asks for CPU 2, its mask is CPU 0 and it is on CPU 0/],
    },
    {
      name: 'rewritten',
      before: [
        'cd /; [ -x /usr/sbin/irqbalance ] || zcat /programs-irqlab/irqbalance.cpio.gz | cpio -idu 2>/dev/null; mkdir -p /run/irqbalance',
        'echo 0 >/proc/irq/{rx}/smp_affinity_list',
      ],
      typed: [
        'cat /proc/irq/{rx}/smp_affinity_list',
        {
          diagnose: '{rx}',
          during: 'IRQBALANCE_BANNED_CPULIST=0 /usr/sbin/irqbalance --interval 1',
        },
      ],
      shows: [
        /^! mask-rewritten$/m,
        /irqbalance runs? here and is the likely writer/,
        /^- balancer-present$/m,
      ],
      after: ['kill $(pidof irqbalance)'],
    },
    {
      name: 'packets-without-interrupts',
      before: [
        `echo 1 >/proc/irq/{rx}/smp_affinity_list; taskset -c 1 ping -q -c 3 ${HOST} >/dev/null`,
        'cd /sys/class/net/test0; echo 400000000 >gro_flush_timeout; echo 200 >napi_defer_hard_irqs',
        `taskset -c 1 ping -q -c 2 ${HOST} >/dev/null`,
      ],
      typed: [
        'cd /sys/class/net/test0; cat napi_defer_hard_irqs gro_flush_timeout',
        'echo 0 >/proc/irq/{rx}/smp_affinity_list',
        'cat statistics/rx_packets; grep virtio1-input.1 /proc/interrupts',
        `taskset -c 1 ping -q -c 10 ${HOST} | grep received`,
        'cat statistics/rx_packets; grep virtio1-input.1 /proc/interrupts',
        'cat /proc/irq/{rx}/smp_affinity_list /proc/irq/{rx}/effective_affinity_list',
      ],
      shows: [/10 packets received/, /(virtio1-input\.1)[^]*\1/, /^0\n1$/m],
      after: ['cd /sys/class/net/test0; echo 0 >napi_defer_hard_irqs; echo 0 >gro_flush_timeout'],
    },
  ],
}
