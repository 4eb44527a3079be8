import t from 'tap'
import { faultIn, moreTelling } from './kernel-faults.ts'

/** As consoles show them; the wording is that of Debian's kernels 5.10 to 7.3. */
const FAULTS: readonly (readonly [string, readonly string[]])[] = [
  [
    'panic',
    [
      '[    1.892154] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
      '[    6.700512] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00',
      '[   12.345678] Kernel panic - not syncing: sysrq triggered crash',
      '[    3.100000] ---[ end Kernel panic - not syncing: No working init found.  Try passing init= option to kernel. ]---',
      '<0>[   12.345678] Kernel panic - not syncing: Fatal exception in interrupt',
    ],
  ],
  [
    'double fault',
    [
      '[    3.214159] traps: PANIC: double fault, error_code: 0x0',
      '[    3.214160] double fault: 0000 [#1] SMP NOPTI',
      '[    3.214160] Oops: double fault: 0000 [#1] PREEMPT SMP NOPTI',
    ],
  ],
  [
    'oops',
    [
      '[    9.1] BUG: unable to handle page fault for address: ffffb0e7c0a3d000',
      '[    9.1] BUG: kernel NULL pointer dereference, address: 0000000000000008',
      '[    9.1] Oops: 0002 [#1] SMP PTI',
      '[    9.1] Oops: 0000 [#1] PREEMPT SMP NOPTI',
      '[    9.1] Oops: Oops: 0000 [#1] SMP NOPTI',
      '[    9.1] general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#1] SMP PTI',
      '[    9.1] Oops: general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#2] SMP',
      '[    9.1] divide error: 0000 [#1] SMP NOPTI',
      '[    9.1] invalid opcode: 0000 [#1] SMP NOPTI',
    ],
  ],
  [
    'BUG',
    [
      '[    9.1] kernel BUG at kernel/irq/msi.c:358!',
      '[    9.1] BUG: scheduling while atomic: swapper/0/0/0x00000002',
      '[    9.1] BUG: Bad page state in process sh  pfn:03b7c',
      '[    9.1] BUG: KASAN: slab-use-after-free in free_irq+0x1f/0x300',
      '[    9.1] BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580',
      '[    9.1] BUG: workqueue leaked lock or atomic: kworker/0:1/0x00000001/12',
    ],
  ],
  [
    'WARN',
    [
      '[    9.1] WARNING: CPU: 2 PID: 0 at arch/x86/kernel/apic/vector.c:878 apic_set_affinity+0x7a/0x80',
      '[    9.1] WARNING: CPU: 0 PID: 1 at irq_startup+0xf0/0x100',
      '[    9.1] WARNING: drivers/net/virtio_net.c:3210 at virtnet_set_affinity+0x12/0x40 [virtio_net], CPU#1: kworker/1:1/41',
      '[    9.1] WARNING: [mask == 0 && 1] kernel/irq/manage.c:281 at irq_do_set_affinity+0x1f/0x300, CPU#1: sh/112',
      '[    9.1] WARNING: at foo_init+0x10/0x20 [foo], CPU#3: insmod/120',
    ],
  ],
  [
    'lockdep',
    [
      '[    9.1] WARNING: possible circular locking dependency detected',
      '[    9.1] WARNING: suspicious RCU usage',
      '[    9.1] WARNING: inconsistent lock state',
      '[    9.1] WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected',
    ],
  ],
  [
    'lost interrupt',
    [
      '[    9.1] __common_interrupt: 2.35 No irq handler for vector',
      '[    9.1] __common_interrupt: No irq handler for 2.35',
      '[    9.1] irq 24: nobody cared (try booting with the "irqpoll" option)',
    ],
  ],
  [
    'affinity failure',
    [
      '[    9.1] IRQ24: set affinity failed(-28).',
      '[    9.1] genirq: irq_chip PCI-MSI did not update eff. affinity mask of irq 24',
    ],
  ],
  [
    'vector trouble',
    [
      '[    9.1] Moved interrupt pending in old target APIC 3',
      '[    9.1] IRQ 24 schedule cleanup for offline CPU 3',
    ],
  ],
  ['BUG or WARN', ['[    9.1] ------------[ cut here ]------------']],
  ['vector exhaustion', ['[    9.1] irq 24: Affinity broken due to vector space exhaustion.']],
]

const STALLS: readonly (readonly [string, string])[] = [
  ['soft lockup', '[   48.1] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [dropbear:131]'],
  [
    'workqueue lockup',
    '[   48.1] BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 38s!',
  ],
  ['hard lockup', '[   48.1] NMI watchdog: Watchdog detected hard LOCKUP on cpu 0'],
  ['hard lockup', '[   48.1] watchdog: CPU0: Watchdog detected hard LOCKUP on cpu 0'],
  ['RCU stall', '[   48.1] rcu: INFO: rcu_sched self-detected stall on CPU'],
  ['RCU stall', '[   48.1] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:'],
  [
    'RCU stall',
    '[   48.1] rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 1-... } 6 jiffies',
  ],
  ['RCU stall', '[   48.1] INFO: rcu_tasks detected stalls on tasks:'],
  ['hung task', '[  242.1] INFO: task kworker/0:1:12 blocked for more than 120 seconds.'],
  ['hung task', '[  242.1] INFO: task insmod:98 blocked in I/O wait for more than 120 seconds.'],
  ['panic', '[   48.2] Kernel panic - not syncing: softlockup: hung tasks'],
]

/** Lines of healthy guests, and some that only look ill. */
const HARMLESS = [
  '[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org) (gcc-12) #1 SMP Debian 6.1.192-2',
  '[    0.000000] Command line: console=ttyS0 loglevel=6 panic=-1 oops=panic panic_on_warn=1',
  '[    0.000000] random: crng init done',
  '[    4.812312] Run /init as init process',
  '[    4.812000] Warning: unable to open an initial console.',
  '[    0.041000] ACPI: Early table checksum verification disabled',
  '[    0.041000] ACPI BIOS Warning (bug): Optional FADT field Pm2ControlBlock has valid Length but zero Address',
  '[    0.041000] ACPI Error: AE_NOT_FOUND, Could not resolve symbol',
  '[    0.041000] [Firmware Bug]: TSC_DEADLINE disabled due to Errata; please update microcode to version: 0x52',
  '[    0.217713] PCI: Using host bridge windows from ACPI; if necessary, use "pci=nocrs" and report a bug',
  '[    0.3] DEBUG: reached the end of probe',
  '[    0.3] debug: unmapping init [mem 0xffff]',
  '[    0.3] WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks, data leaks possible!',
  '[    0.3] WARNING: Flushing system-wide workqueues will be prohibited in near future.',
  "[    0.3] WARNING: 'bootconfig' found on the kernel command line but CONFIG_BOOT_CONFIG is not set.",
  '[    0.3] RAS: Correctable Errors collector initialized.',
  '[    0.3] rcu: Hierarchical RCU implementation.',
  '[    0.3] NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.',
  '[    0.3] clocksource: timekeeping watchdog on CPU1: Marking clocksource tsc as unstable because the skew is too large:',
  '[    0.3] IRQ fixup: irq 24 move in progress, old vector 35',
  '[    0.3] traps: iperf3[131] general protection fault ip:7f3a sp:7ffe error:0 in libc.so.6[7f3a+195000]',
  '[    0.3] iperf3[131]: segfault at 0 ip 000055d1 sp 00007ffe error 4 in iperf3[55d1+1000]',
  '[    0.3] ---[ end trace 0000000000000000 ]---',
  'irqlab-stage: init',
  '[121] Nov 22 10:03:42 Child connection from 10.111.0.1:50406',
  '',
]

await t.test('faults are the kernel’s', async (t) => {
  for (const [kind, lines] of FAULTS) {
    for (const line of lines) t.same(faultIn(line), { kind, line, stall: false }, line)
  }
})

await t.test('stalls may be the host’s', async (t) => {
  for (const [kind, line] of STALLS) t.same(faultIn(line), { kind, line, stall: true }, line)
})

await t.test('healthy lines are no faults', async (t) => {
  for (const line of HARMLESS) t.equal(faultIn(line), undefined, line)
})

/** The kind of fault that a log of these lines is said to have. */
function of(...lines: readonly string[]): string | undefined {
  return lines.map(faultIn).reduce((first, next) => moreTelling(first, next), undefined)?.kind
}

await t.test('of several faults the first counts, unless a later one says more', async (t) => {
  t.equal(of('fine', 'fine'), undefined)
  t.equal(of('fine', 'Oops: 0002 [#1] SMP', 'Kernel panic - not syncing: Fatal exception'), 'oops')
  t.equal(
    of('---[ cut here ]---', 'fine', 'kernel BUG at mm/slub.c:4!', 'invalid opcode: 0000 [#1] SMP'),
    'BUG',
  )
  t.equal(of('---[ cut here ]---', 'WARNING: something new'), 'BUG or WARN')
  t.equal(of('BUG: soft lockup - CPU#1', 'INFO: task a:1 blocked for more than 120 seconds.'), 'soft lockup')
  t.equal(of('BUG: soft lockup - CPU#1', 'Kernel panic - not syncing: softlockup: hung tasks'), 'soft lockup')
  t.equal(of('BUG: soft lockup - CPU#1', 'Oops: 0002 [#1] SMP'), 'oops', 'no host makes a kernel oops')
})
