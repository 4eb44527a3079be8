import t from 'tap'
import { KernelFault, Trouble } from '../base/errors.ts'
import { Limits } from '../base/limits.ts'
import { type FakeConsole, fakeConsole } from './console-fixture.ts'
import { awaitConsoleStages, awaitTestNic, type Loss } from './readiness.ts'
import { STALE_TRAP } from './stale-code-fixture.ts'

/** The shortest stage takes 20 ms. */
const limits = new Limits(0.001)
const never: Loss = new Promise(() => undefined)

/** Waits for the stages; gives those that were reached, and what ended the wait. */
async function boot(screen: FakeConsole, loss = never, scale = limits) {
  const stages: string[] = []
  const onStage = (stage: string) => stages.push(stage)
  const error: unknown = await awaitConsoleStages(screen.log, loss, scale, onStage, true).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return { stages, error }
}

const SIGNS = [
  '[    0.000000] Linux version 6.1.0\r\n',
  'irqlab-stage: init\r\n',
  'irqlab-stage: modules\r\n',
  'irqlab-stage: network\r\n',
] as const
const STAGES = ['boot.firmware', 'boot.kernel', 'boot.init', 'boot.network'] as const

await t.test('a guest that shows all stages is ready, at once or bit by bit', async (t) => {
  const screen = fakeConsole(t.testdir({}))
  await screen.print(SIGNS.join(''))
  t.same(await boot(screen), { stages: STAGES, error: undefined })

  const slow = fakeConsole(t.testdir({}))
  const booting = boot(slow, never, new Limits(1))
  for (const sign of SIGNS) await slow.print(sign)
  t.same(await booting, { stages: STAGES, error: undefined })
})

await t.test('the stage that does not come is named, with the console and a hint', async (t) => {
  const hints = [/bootable bzImage/, /BLK_DEV_INITRD/, /belong to this kernel/, /virtio-net/]
  for (const [at, stage] of STAGES.entries()) {
    const screen = fakeConsole(t.testdir({}))
    await screen.print(SIGNS.slice(0, at).join(''))
    const { stages, error } = await boot(screen)
    t.same(stages, STAGES.slice(0, at))
    t.ok(error instanceof Trouble)
    t.match(error, { stage, message: /took longer than \d+ ms/, hint: hints[at] })
    t.same(
      error instanceof Trouble && error.console,
      SIGNS.slice(0, at).map((line) => line.trimEnd()),
      'the last lines, or none: read, and empty',
    )
  }
})

await t.test('what the guest itself complains of is quoted', async (t) => {
  const screen = fakeConsole(t.testdir({}))
  await screen.print(`${SIGNS[0]}${SIGNS[1]}`)
  const booting = boot(screen, never, new Limits(1))
  await screen.print(`irqlab-error: module virtio_net.ko: Invalid module format\r\n${SIGNS[2]}${SIGNS[3]}`)
  const { stages, error } = await booting
  t.same(stages, STAGES.slice(0, 2), 'although the guest went on')
  t.match(error, {
    name: 'Trouble',
    stage: 'boot.init',
    message: 'The guest says: module virtio_net.ko: Invalid module format',
    hint: /belong to this kernel/,
  })
})

await t.test(
  'a mark counts behind what the kernel was printing; one that does not come whole is none',
  async (t) => {
    const screen = fakeConsole(t.testdir({}))
    await screen.print(`${SIGNS[0]}[    1.7] tsc: Unstable clock detected${SIGNS[1]}irqlab-st`)
    t.match(await boot(screen), { stages: ['boot.firmware', 'boot.kernel'], error: { stage: 'boot.init' } })
  },
)

await t.test('a kernel that faulted is the reason, whatever else went wrong', async (t) => {
  const oops = '[    4.1] Oops: 0002 [#1] SMP NOPTI\r\n'
  const hung = fakeConsole(t.testdir({}))
  await hung.print(`${SIGNS[0]}${SIGNS[1]}${oops}`)
  const { stages, error } = await boot(hung)
  t.same(stages, STAGES.slice(0, 2))
  t.ok(error instanceof KernelFault)
  t.match(error, {
    kind: 'oops',
    message: 'Kernel oops: Oops: 0002 [#1] SMP NOPTI',
    console: /Linux version/,
  })

  const complaining = fakeConsole(t.testdir({}))
  await complaining.print(`${SIGNS[0]}${SIGNS[1]}${oops}irqlab-error: module virtio_net.ko: Killed\r\n`)
  t.ok((await boot(complaining)).error instanceof KernelFault)

  const stalled = fakeConsole(t.testdir({}))
  await stalled.print(`${SIGNS[0]}watchdog: BUG: soft lockup - CPU#1 stuck for 22s!\r\n`)
  t.match(
    (await boot(stalled)).error,
    { name: 'Trouble', stage: 'boot.kernel' },
    'a stall proves nothing here',
  )
})

await t.test('a guest that is lost on the way ends the wait at once', async (t) => {
  const screen = fakeConsole(t.testdir({}))
  await screen.print(SIGNS[0])
  const lost: Loss = Promise.reject(
    new Trouble('guest.qemu', 'QEMU ended with status 1', { hint: 'see qemu.log' }),
  )
  t.match((await boot(screen, lost, new Limits(100))).error, {
    stage: 'boot.kernel',
    message: 'QEMU ended with status 1',
    hint: 'see qemu.log',
    console: ['[    0.000000] Linux version 6.1.0'],
  })
  const fault = new KernelFault('panic', 'Kernel panic: it', [])
  t.equal((await boot(screen, Promise.reject(fault), new Limits(100))).error, fault)
})

await t.test('nobody watches once the guest is ready', async (t) => {
  const screen = fakeConsole(t.testdir({}))
  const { log } = screen
  let asked = 0
  const find = log.find.bind(log)
  log.find = (pattern) => {
    asked++
    return find(pattern)
  }
  await screen.print(SIGNS.join(''))
  await boot(screen)
  asked = 0
  await screen.print('chatter\r\n')
  t.equal(asked, 0)
})

await t.test('a boot that stale code of the emulator ended is no fault of the kernel', async (t) => {
  const screen = fakeConsole(t.testdir({}))
  await screen.print(`${SIGNS[0]}${STALE_TRAP}`)
  const lost: Loss = Promise.reject(new Trouble('guest.qemu', 'QEMU ended with status 0'))
  const { error } = await boot(screen, lost)
  t.match(error, { name: 'Trouble', stage: 'emulator.stale-code' })
})

await t.test('the NIC under test has a stage of its own, after the one that lets us in', async (t) => {
  const screen = fakeConsole(t.testdir({}))
  await screen.print(SIGNS.join(''))
  const stages: string[] = []
  const waiting = awaitTestNic(screen.log, never, new Limits(1), (stage) => stages.push(stage), true)
  t.same(stages, [])
  await screen.print('irqlab-stage: nic\r\n')
  await waiting
  t.same(stages, ['boot.nic'])

  const failing = fakeConsole(t.testdir({}))
  await failing.print('irqlab-error: test0: no such device\r\nirqlab-stage: nic\r\n')
  await t.rejects(
    awaitTestNic(failing.log, never, limits, () => undefined, true),
    {
      stage: 'boot.nic',
      message: 'The guest says: test0: no such device',
    },
  )
})
