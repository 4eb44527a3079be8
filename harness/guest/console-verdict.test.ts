import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Bug, KernelFault, NotApplicable, Trouble } from '../base/errors.ts'
import { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import { type Argv, type Child, spawnProcess } from '../host/processes.ts'
import { StarvationMeter } from '../host/starvation.ts'
import { Complaints } from './complaints.ts'
import { fakeConsole } from './console-fixture.ts'
import { diagnose, kernelFaultOn } from './console-verdict.ts'
import { REAL_TRAP, STALE_TRAP } from './stale-code-fixture.ts'

/** A program in QEMU's place, and a console. It ends with the test. */
async function guestOf(t: Test, argv: Argv, starvation?: StarvationMeter) {
  const qemu: Child = await spawnProcess(argv, { stdio: ['ignore', 'ignore', 'pipe'] })
  t.teardown(() => qemu.kill('SIGKILL'))
  const dir = t.testdir({})
  const { log, print } = fakeConsole(dir)
  const complaints = new Complaints(qemu.stderr, join(dir, 'qemu.log'))
  // Last words are awaited for 50 ms.
  const limits = new Limits(0.05)
  return {
    print,
    guest: { console: log, qemu, limits, starvation, complaints, emulated: true, declared: [] },
  }
}

const SLEEP: Argv = ['sleep', '60']
const LOST = new Trouble('ssh.connection', 'The SSH connection was closed by the guest')

await t.test('what is no trouble is believed as it is', async (t) => {
  const { guest, print } = await guestOf(t, SLEEP)
  await print('Oops: 0002 [#1] SMP\n')
  for (const error of [new NotApplicable('MSI-X', 'no'), new Bug('ours'), new Error('odd')]) {
    t.equal(await diagnose(error, guest), error)
  }
})

await t.test('a fault on the console makes it the kernel’s', async (t) => {
  const { guest, print } = await guestOf(t, SLEEP)
  await print(
    '[    8.9] something before\n[    9.104211] BUG: scheduling while atomic: swapper/0/0/0x00000002\n',
  )
  const fault = await diagnose(LOST, guest)
  t.ok(fault instanceof KernelFault)
  t.match(fault, {
    kind: 'BUG',
    message: 'Kernel BUG: BUG: scheduling while atomic: swapper/0/0/0x00000002',
    console: ['[    8.9] something before', /scheduling while atomic/],
  })
})

await t.test('what the scenario declares explains no loss; what it does not declare does', async (t) => {
  const { guest, print } = await guestOf(t, SLEEP)
  await print('[    9.1] IRQ216: set affinity failed(-28).\n')
  const declared = [/set affinity failed/]
  t.match(await diagnose(LOST, { ...guest, declared }), { name: 'Trouble', stage: 'ssh.connection' })
  t.match(await diagnose(LOST, { ...guest, declared: [/nobody cared/] }), { name: 'KernelFault' })
  t.match(await diagnose(LOST, guest), { name: 'KernelFault', kind: 'affinity failure' })
  await print('Kernel panic - not syncing: set affinity failed\n')
  t.match(await diagnose(LOST, { ...guest, declared }), { name: 'KernelFault', kind: 'panic' })
})

await t.test('the last words of a dying kernel are awaited', async (t) => {
  const { guest, print } = await guestOf(t, SLEEP)
  const diagnosis = diagnose(LOST, guest)
  await pause(10)
  await print('Kernel panic - not syncing: Fatal exception in interrupt\n')
  t.match(await diagnosis, { name: 'KernelFault', kind: 'panic' })
})

await t.test('the end of QEMU is trouble, and says how it ended', async (t) => {
  const failed = await guestOf(t, ['sh', '-c', 'echo "qemu: could not configure /dev/net/tun" >&2; exit 1'])
  await failed.guest.qemu.exited
  await pause(20)
  t.match(await diagnose(LOST, failed.guest), {
    name: 'Trouble',
    stage: 'guest.qemu',
    message: 'QEMU ended with status 1: qemu: could not configure /dev/net/tun',
    console: [],
    hint: /serial\.log/,
    cause: LOST,
  })
})

await t.test('a QEMU that was killed, or panicked, is told apart', async (t) => {
  const { guest, print } = await guestOf(t, ['sh', '-c', 'kill -KILL $$'])
  await guest.qemu.exited
  t.match(await diagnose(LOST, guest), { stage: 'guest.qemu', message: 'QEMU ended by SIGKILL' })
  await print('Kernel panic - not syncing: Fatal exception\n')
  t.match(await diagnose(LOST, guest), { name: 'KernelFault' }, 'panic=-1 and -no-reboot end QEMU, too')
})

await t.test('with QEMU up and no fault it stays what it was, with the console', async (t) => {
  const { guest, print } = await guestOf(t, SLEEP)
  await print('all is well\n')
  const error = new Trouble('guest.command', '`true` took longer', {
    hint: 'wait',
    lasting: true,
    cause: LOST,
  })
  t.match(await diagnose(error, guest), {
    name: 'Trouble',
    stage: 'guest.command',
    message: '`true` took longer',
    hint: 'wait',
    lasting: true,
    cause: LOST,
    console: ['all is well'],
  })
})

await t.test('a stall depends on what the vCPUs were given', async (t) => {
  const stall = 'watchdog: BUG: soft lockup - CPU#1 stuck for 22s!\n'
  const early = await guestOf(t, SLEEP)
  await early.print(stall)
  t.equal(
    await diagnose(LOST, early.guest).then((error) => error instanceof Trouble),
    true,
    'not measured yet',
  )
  t.equal(kernelFaultOn(early.guest.console, true), undefined)
})

await t.test('a stall of vCPUs that never waited is the kernel’s', async (t) => {
  const { guest, print } = await guestOf(t, SLEEP)
  await print('watchdog: BUG: soft lockup - CPU#1 stuck for 22s!\n')
  const starvation = await StarvationMeter.start(guest.qemu.pid, [guest.qemu.pid])
  t.match(await diagnose(LOST, { ...guest, starvation }), { name: 'KernelFault', kind: 'soft lockup' })
  await guest.qemu.terminate(1000)
  t.match(await diagnose(LOST, { ...guest, starvation }), {
    stage: 'guest.qemu',
    message: 'QEMU ended by SIGTERM',
  })
})

await t.test('stale code of the emulator is trouble, and its last words are awaited too', async (t) => {
  const { guest, print } = await guestOf(t, SLEEP)
  const codeAt = STALE_TRAP.indexOf('Code:')
  await print(STALE_TRAP.slice(0, codeAt))
  const diagnosis = diagnose(LOST, guest)
  await pause(10)
  await print(STALE_TRAP.slice(codeAt))
  t.match(await diagnosis, { name: 'Trouble', stage: 'emulator.stale-code' })
  t.match(await diagnose(LOST, { ...guest, emulated: false }), { name: 'KernelFault', kind: 'oops' })
})

await t.test('a breakpoint that the kernel left behind is its own', async (t) => {
  const { guest, print } = await guestOf(t, SLEEP)
  await print(REAL_TRAP)
  t.match(await diagnose(LOST, guest), {
    name: 'KernelFault',
    message: 'Kernel oops: Oops: int3: 0000 [#1] SMP NOPTI',
  })
})
