import t from 'tap'
import { kernelFaultIn } from './kernel-messages.ts'
import { REAL_TRAP, STALE_TRAP } from './stale-code-fixture.ts'

const FED = { wallMs: 1000, ranMs: 1000, waitedMs: 0, threads: 4 }
const STARVED = { ...FED, waitedMs: 1000 }

const HEALTHY = [
  '<5>[    0.000000] Linux version 6.1.0-56-cloud-amd64',
  '<6>[    0.000000] Command line: console=ttyS0 loglevel=6 panic=-1',
  '',
].join('\n')

await t.test('a healthy log has no fault', async (t) => {
  t.equal(kernelFaultIn(HEALTHY, FED, true), undefined)
  t.equal(kernelFaultIn('', FED, true), undefined)
})

await t.test('a fault is told without its priority and time, with the lines that follow it', async (t) => {
  const after = Array.from({ length: 30 }, (_, at) => `<4>[    9.2] line ${at}`)
  const log = [
    `${HEALTHY}<4>[    9.104211] WARNING: CPU: 2 PID: 0 at kernel/irq/chip.c:242 x+0x1/0x2`,
    ...after,
  ]
  const fault = kernelFaultIn(log.join('\n'), STARVED, true)
  t.match(fault, { name: 'KernelFault', kind: 'WARN' })
  t.equal(fault?.message, 'Kernel WARN: WARNING: CPU: 2 PID: 0 at kernel/irq/chip.c:242 x+0x1/0x2')
  t.equal(fault?.console?.length, 20)
  t.match(fault?.console?.[0], /WARNING/)
})

await t.test('what was only announced is named by the line that names it', async (t) => {
  const log =
    '<4>[ 1.0] ------------[ cut here ]------------\n<2>[ 1.0] kernel BUG at kernel/irq/msi.c:358!\n'
  t.match(kernelFaultIn(log, FED, true), {
    kind: 'BUG',
    message: 'Kernel BUG: kernel BUG at kernel/irq/msi.c:358!',
  })
})

await t.test('a stall hides no fault, and alone it depends on the host', async (t) => {
  const stall = '<0>[   48.1] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [sh:131]\n'
  t.match(kernelFaultIn(stall, STARVED, true), { name: 'Trouble', stage: 'starved' })
  t.match(kernelFaultIn(stall, FED, true), { name: 'KernelFault', kind: 'soft lockup' })
  t.match(kernelFaultIn(`${stall}<1>[   49.0] Oops: 0002 [#1] SMP\n`, STARVED, true), {
    name: 'KernelFault',
    kind: 'oops',
  })
})

await t.test('a trap on code that memory no longer holds is the emulator’s, on TCG only', async (t) => {
  t.match(kernelFaultIn(STALE_TRAP, FED, true), { name: 'Trouble', stage: 'emulator.stale-code' })
  t.match(kernelFaultIn(STALE_TRAP, FED, false), { name: 'KernelFault', kind: 'oops' })
  t.match(kernelFaultIn(REAL_TRAP, FED, true), { name: 'KernelFault', kind: 'oops' })
})
