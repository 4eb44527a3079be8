/** What is typed in guests of other kernels and machines: newer ones, remapped and isolated ones, and kernels broken on purpose. */
import type { TranscriptGuest } from './transcript.ts'

const HOST = '10.112.0.1'
/** One packet from CPU 2, CPU 1: of queue 2, queue 1. */
const SEND = `taskset -c 2 ping -q -c 1 ${HOST} >/dev/null`
const SEND_1 = `taskset -c 1 ping -q -c 1 ${HOST} >/dev/null`
const MASKS = 'cat /proc/irq/{tx}/smp_affinity_list /proc/irq/{tx}/effective_affinity_list'
const TX = { tx: /^virtio1-output\.2$/ }
const AT_REST = [
  `echo 2 >/proc/irq/{tx}/smp_affinity_list`,
  SEND,
  'sleep 0.2',
  SEND,
  'sleep 0.2',
  SEND,
  'sleep 0.2',
]
/** The kernel that irqlab builds: it has debugfs irq/, which Debian's have not. */
const BUILT = 'debian-source:6.12'

const NEWER: TranscriptGuest = {
  words: ['managed-irq', '--kernel', 'debian:6.12'],
  what: 'machine plain with virtio-blk',
  irqs: { ...TX, disk: /-req\.3$/ },
  transcripts: [
    {
      name: 'refused-since-6.12',
      typed: ['ls -l /proc/irq/{disk}/smp_affinity_list', 'echo 0 >/proc/irq/{disk}/smp_affinity_list'],
      shows: [/^-r--r--r--/m, /Operation not permitted/],
    },
    {
      name: 'cleanup-window',
      before: [...AT_REST, 'echo 0 >/proc/irq/{tx}/smp_affinity_list', SEND, 'sleep 0.2'],
      typed: [
        'cat /proc/irq/{tx}/effective_affinity_list',
        'echo 1 >/proc/irq/{tx}/smp_affinity_list',
        { diagnose: '{tx}', finding: 'pending-undecided', during: SEND },
        `${SEND}; cat /proc/irq/{tx}/effective_affinity_list`,
      ],
      shows: [/^0$/m, /effective is still CPU 0 after one interrupt/, /^1$/m],
    },
  ],
}

const REMAPPED: TranscriptGuest = {
  words: ['immediate-move', '--kernel', 'debian:6.12'],
  what: 'machine remapped',
  irqs: TX,
  transcripts: [
    {
      name: 'remapped',
      before: AT_REST,
      typed: ['cat /sys/kernel/irq/{tx}/chip_name', 'echo 0 >/proc/irq/{tx}/smp_affinity_list', MASKS],
      shows: [/^IR-PCI-MSI/m, /^0\n0$/m],
    },
    {
      name: 'remapped-twice',
      before: [...AT_REST],
      typed: [
        'for cpu in 0 1 3; do echo $cpu >/proc/irq/{tx}/smp_affinity_list; done',
        MASKS,
        'sleep 5; echo 2 >/proc/irq/{tx}/smp_affinity_list',
        MASKS,
        { diagnose: '{tx}', finding: 'pending-though-remapped' },
      ],
      shows: [/^2\n[013]$/m, /With remapping the write should have moved it/],
    },
  ],
}

const ISOLATED: TranscriptGuest = {
  words: ['managed-irq', '--machine', 'isolated', '--kernel', 'debian:6.1'],
  what: 'machine isolated with virtio-blk',
  irqs: { tx: /^virtio1-output\.1$/, disk: /-req\.3$/, quiet: /^virtio1-output\.3$/ },
  transcripts: [
    {
      name: 'isolated-hit',
      before: ['echo 2 >/proc/irq/{tx}/smp_affinity_list', SEND_1, 'sleep 0.2', SEND_1, 'sleep 0.2'],
      typed: [
        'cat /sys/devices/system/cpu/isolated; tr " " "\\n" </proc/cmdline | grep isol',
        MASKS,
        { diagnose: '{tx}', finding: 'isolated-cpu-hit', during: `${SEND_1}; ${SEND_1}` },
      ],
      shows: [/^2-3$/m, /^2\n2$/m, /fired on a CPU that is set apart, \d+ times on CPU 2/],
    },
    {
      name: 'isolated-aimed-at',
      typed: [{ diagnose: '{tx}', finding: 'isolated-cpu-aimed-at' }],
      shows: [/CPU 2/],
    },
    {
      name: 'isolated-managed',
      typed: [{ diagnose: '{disk}', finding: 'managed-on-isolated-cpu' }],
      shows: [/is managed and belongs to CPU 3/],
    },
  ],
}

const DEAD: TranscriptGuest = {
  words: ['irq-dies-without-vector', '--kernel', 'debian:6.1'],
  what: 'machine plain with vector hogs',
  irqs: TX,
  transcripts: [
    {
      name: 'kernel-complained',
      typed: [
        "dmesg | grep 'set affinity failed' | head -n 1 | cut -d ' ' -f 3-",
        { diagnose: '{tx}', finding: 'kernel-complained' },
      ],
      shows: [/set affinity failed\(-28\)/],
    },
  ],
}

const CROWDED: TranscriptGuest = {
  words: ['no-vector-left', '--kernel', BUILT],
  what: 'machine plain with vector hogs',
  irqs: TX,
  transcripts: [
    {
      name: 'debugfs',
      before: [...AT_REST, 'echo 0 >/proc/irq/{tx}/smp_affinity_list'],
      typed: [
        'grep -o IRQD_SETAFFINITY_PENDING /sys/kernel/debug/irq/irqs/{tx}',
        { diagnose: '{tx}', finding: 'pending-and-quiet' },
      ],
      shows: [/^IRQD_SETAFFINITY_PENDING$/m, /IRQD_SETAFFINITY_PENDING is set/],
    },
    {
      name: 'no-vector',
      before: [
        'echo 0 >/proc/irq/{tx}/smp_affinity_list',
        SEND,
        'sleep 0.2',
        SEND,
        'sleep 0.2',
        'echo 4 >/proc/irq/default_smp_affinity; for v in /sys/bus/virtio/devices/*; do [ -e $v/driver ] || echo ${v##*/} >/sys/bus/virtio/drivers/virtio_console/bind; done; echo f >/proc/irq/default_smp_affinity',
      ],
      typed: [
        'awk \'$1 == "CPU" || $2 == "CPU" || ($1 ~ /^[0-3]$/ && NF > 4)\' /sys/kernel/debug/irq/domains/VECTOR | cut -c 1-40',
        'echo 2 >/proc/irq/{tx}/smp_affinity_list; echo $?',
        MASKS,
        `${SEND}; cat /proc/irq/{tx}/smp_affinity_list /proc/irq/{tx}/effective_affinity_list`,
        { diagnose: '{tx}', finding: 'vectors-short' },
      ],
      shows: [/^2\n0$/m, /^0\n0$/m, /CPU 2 has no vector left/],
    },
  ],
}

/** A kernel that never makes a pending move. */
const NEVER_MOVES: TranscriptGuest = {
  words: ['deferred-move', '--kernel', `${BUILT},patch=harness/mutants/move-never-made.patch`],
  what: 'machine plain, the kernel broken on purpose by move-never-made.patch',
  irqs: TX,
  transcripts: [
    {
      name: 'pending-though-firing',
      before: ['echo 3 >/proc/irq/{tx}/smp_affinity_list'],
      typed: [
        {
          diagnose: '{tx}',
          finding: 'pending-though-firing',
          during: `for n in 1 2 3 4 5 6; do ${SEND}; done`,
        },
      ],
      shows: [/CPU 3 requested, effective is still CPU [0-2], although it fired \d+ times/],
    },
  ],
}

/** A kernel that moves, and does not say so. */
const SAYS_NOTHING: TranscriptGuest = {
  words: ['deferred-move', '--kernel', `${BUILT},patch=harness/mutants/effective-not-updated.patch`],
  what: 'machine plain, the kernel broken on purpose by effective-not-updated.patch',
  irqs: TX,
  transcripts: [
    {
      name: 'effective-outside-mask',
      before: [`echo 3 >/proc/irq/{tx}/smp_affinity_list`, SEND, SEND],
      typed: [{ diagnose: '{tx}', finding: 'effective-outside-mask' }],
      shows: [/does not even have a move pending/, /IRQD_SETAFFINITY_PENDING is clear/],
    },
    {
      name: 'counted-elsewhere',
      typed: [
        { diagnose: '{tx}', finding: 'counted-elsewhere', during: `for n in 1 2 3 4; do ${SEND}; done` },
      ],
      shows: [/and yet it was counted elsewhere: \d on CPU 3/],
    },
  ],
}

/** All of them. */
export const FROM_OTHERS: readonly TranscriptGuest[] = [
  NEWER,
  REMAPPED,
  ISOLATED,
  DEAD,
  CROWDED,
  NEVER_MOVES,
  SAYS_NOTHING,
]
