import t from 'tap'
import { saidIn, sortLog } from './declared-messages.ts'
import { faultAmong } from './kernel-faults.ts'

const FAILED = '<4>[   12.3] IRQ216: set affinity failed(-28).'
const HARMLESS = '<6>[   12.4] smpboot: CPU 3 is now offline'
const CUT = '<4>[   13.0] ------------[ cut here ]------------'
const WARN = '<4>[   13.1] WARNING: CPU: 2 PID: 1 at arch/x86/kernel/apic/msi.c:97 msi_set_affinity+0x1/0x2'
const OTHER = '<4>[   13.2] WARNING: CPU: 2 PID: 1 at mm/slub.c:1 kfree+0x1/0x2'
const AFFINITY = /set affinity failed\(-28\)/

/** The kind of fault that is left. */
const left = (lines: readonly string[], ...patterns: readonly RegExp[]) =>
  faultAmong(sortLog(lines, patterns).undeclared)?.kind

await t.test('a declared complaint is no fault; another one is', async (t) => {
  t.equal(left([HARMLESS, FAILED, FAILED], AFFINITY), undefined)
  t.same(sortLog([HARMLESS, FAILED, FAILED], [AFFINITY]), {
    undeclared: [HARMLESS],
    declared: [FAILED, FAILED],
  })
  t.equal(left([FAILED]), 'affinity failure', 'nobody declared it')
  t.equal(left([FAILED.replace('-28', '-22'), FAILED], AFFINITY), 'affinity failure', 'with another error')
  t.equal(left([FAILED, WARN], AFFINITY), 'WARN')
  t.equal(left([FAILED, WARN], AFFINITY, /msi_set_affinity/), undefined)
})

await t.test('what announces a declared WARN goes with it, and no other', async (t) => {
  const declared = /WARNING: .* msi_set_affinity/
  t.equal(left([CUT, WARN], declared), undefined)
  t.equal(left([CUT, OTHER], declared), 'WARN')
  t.equal(left([CUT, WARN, CUT, OTHER], declared), 'WARN')
  t.equal(left([CUT, CUT, OTHER, WARN], declared), 'WARN', 'two CPUs at once')
  t.equal(left([WARN, CUT], declared), 'BUG or WARN', 'nobody knows what it announced')
})

await t.test('a complaint that the kernel does not survive cannot be declared away', async (t) => {
  for (const line of [
    'Kernel panic - not syncing: set affinity failed(-28)',
    'Oops: 0002 [#1] SMP',
    'kernel BUG at kernel/irq/manage.c:7!',
    'watchdog: BUG: soft lockup - CPU#1 stuck for 22s!',
    'rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
  ])
    t.ok(left([line], /./), line)
})

await t.test('a line as the kernel said it', async (t) => {
  t.equal(saidIn(FAILED), 'IRQ216: set affinity failed(-28).')
  t.equal(saidIn('[    9.1] IRQ216: x'), 'IRQ216: x')
  t.equal(saidIn('IRQ216: [1.0] x'), 'IRQ216: [1.0] x')
})
