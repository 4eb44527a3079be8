import t from 'tap'
import { pause } from '../base/poll.ts'
import { spawnProcess } from './processes.ts'
import { StarvationMeter, parseSchedstat, threadTimes } from './starvation.ts'

await t.test('a thread that runs is seen to run, and one that sleeps is not', async (t) => {
  const quiet = ['ignore', 'ignore', 'ignore'] as const
  const busy = await spawnProcess(['sh', '-c', 'while :; do :; done'], { stdio: quiet })
  const idle = await spawnProcess(['sleep', '60'], { stdio: quiet })
  t.teardown(async () => {
    await Promise.all([busy.terminate(0), idle.terminate(0)])
  })
  const busyMeter = await StarvationMeter.start(busy.pid, [busy.pid])
  const idleMeter = await StarvationMeter.start(idle.pid, [idle.pid])
  await pause(300)
  const ran = await busyMeter.read()
  const slept = await idleMeter.read()
  t.equal(ran.threads, 1)
  t.ok(ran.ranMs + (ran.waitedMs ?? 0) > 100, `it ran ${ran.ranMs} ms and waited ${ran.waitedMs} ms`)
  t.ok(ran.ranMs <= ran.wallMs + 20)
  t.ok(slept.ranMs < 50)
  await busy.terminate(0)
  t.match(
    await busyMeter.read(),
    { threads: 0, waitedMs: undefined },
    'a thread that is gone counts for nothing',
  )
})

await t.test('two threads on one CPU wait for each other', async (t) => {
  const spin = ['taskset', '-c', '0', 'sh', '-c', 'while :; do :; done'] as const
  const stdio = ['ignore', 'ignore', 'ignore'] as const
  const [one, two] = await Promise.all([spawnProcess(spin, { stdio }), spawnProcess(spin, { stdio })])
  t.teardown(async () => {
    await Promise.all([one.terminate(0), two.terminate(0)])
  })
  await pause(50)
  const meter = await StarvationMeter.start(one.pid, [one.pid])
  await pause(400)
  const { waitedMs, wallMs } = await meter.read()
  t.ok(waitedMs !== undefined && waitedMs > wallMs / 4, `waited ${waitedMs} of ${wallMs} ms`)
})

await t.test('texts', async (t) => {
  t.same(parseSchedstat('2500000 1000000 7\n'), { ranMs: 2.5, waitedMs: 1 })
  t.equal(parseSchedstat('0 0 0\n'), undefined, 'not counted is not zero')
  t.same(parseSchedstat('2500000 0 0\n'), { ranMs: 2.5, waitedMs: undefined })
  t.throws(() => parseSchedstat('12 x 3'), { name: 'Trouble', message: /12 x 3/ })
  t.equal(await threadTimes(2 ** 30, 2 ** 30), undefined)
})
