/** A breakpoint trap that QEMU 7.2 made of stale code: the console of debian:7.3 on TCG, as it was seen, cut. */

/** The lines from the one before the trap to the panic. */
export const STALE_TRAP = `[    1.288322] Key type psk registered
[    1.346627] Oops: int3: 0000 [#1] SMP NOPTI
[    1.347211] CPU: 2 UID: 0 PID: 0 Comm: swapper/2 Not tainted 7.3.4+deb13-cloud-amd64 #1 PREEMPT(lazy)  Debian 7.3.4-1~bpo13+1 
[    1.347675] Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014
[    1.350983] RIP: 0010:sched_clock_cpu+0x9/0x1f0
[    1.351430] Code: 00 ff ff ff 66 66 2e 0f 1f 84 00 00 00 00 00 66 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 f3 0f 1e fa 41 54 55 53 66 <90> e8 91 72 ed ff 48 03 05 1a 65 f4 01 48 89 c2 5b 48 89 d0 5d 41
[    1.352183] RSP: 0018:ff616c5cc0134f20 EFLAGS: 00000002
[    1.353286] RAX: 0000000000000004 RBX: ff1207929ef325c0 RCX: 0000000000000009
[    1.367713] Call Trace:
[    1.368594]  <IRQ>
[    1.369668]  update_rq_clock+0x39/0x160
[    1.377284]  </IRQ>
[    1.377436]  <TASK>
[    1.378171] RIP: 0010:pv_native_safe_halt+0xf/0x20
[    1.378634] Code: 20 d0 c3 cc cc cc cc 0f 1f 40 00 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 f3 0f 1e fa eb 07 0f 00 2d f5 64 0b 00 fb f4 <c3> cc cc cc cc 66 66 2e 0f 1f 84 00 00 00 00 00 90 90 90 90 90 90
[    1.379945] RSP: 0018:ff616c5cc00bbeb8 EFLAGS: 00000206
[    1.393091]  </TASK>
[    1.393241] Modules linked in:
** replaying previous printk message **
[    1.394594] ---[ end trace 0000000000000000 ]---
[    1.394627] Oops: int3: 0000 [#2] SMP NOPTI
[    1.396215] RIP: 0010:sched_clock_cpu+0x9/0x1f0
[    1.396250] Code: 00 ff ff ff 66 66 2e 0f 1f 84 00 00 00 00 00 66 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 90 f3 0f 1e fa 41 54 55 53 66 <90> e8 91 72 ed ff 48 03 05 1a 65 f4 01 48 89 c2 5b 48 89 d0 5d 41
[    1.396614] Modules linked in:
[    1.396642] ---[ end trace 0000000000000000 ]---
[    1.396719] RIP: 0010:sched_clock_cpu+0x9/0x1f0
[    1.396926] Kernel panic - not syncing: Fatal exception in interrupt
[    4.402488] Shutting down cpus with NMI
`

/** The same trap on a breakpoint that is still in memory: a kernel that left one behind. */
export const REAL_TRAP = STALE_TRAP.replaceAll('53 66 <90>', '53 cc <90>')
