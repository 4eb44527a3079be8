import { readFile } from 'node:fs/promises'
import t from 'tap'
import { pause } from '../base/poll.ts'
import { fakeConsole } from './console-fixture.ts'

await t.test('lines are put together from whatever pieces come', async (t) => {
  const { log, print } = fakeConsole(t.testdir({}))
  await print('irqlab-sta')
  t.equal(log.find(/irqlab/), undefined, 'not a line yet')
  t.same(log.tail, ['irqlab-sta'], 'but the tail has it')
  await print('ge: init\r')
  await print('\n[    1.0] virtio')
  t.equal(log.find(/^irqlab-stage/), 'irqlab-stage: init')
  await print('_net loaded\r\n\r\n')
  t.same(log.tail, ['irqlab-stage: init', '[    1.0] virtio_net loaded', ''])
  t.equal(log.find(/no such/), undefined)
})

await t.test('a letter cut in two is one letter', async (t) => {
  const { log, print } = fakeConsole(t.testdir({}))
  const bytes = Buffer.from('µs\n')
  await print(bytes.subarray(0, 1))
  await print(bytes.subarray(1))
  t.same(log.tail, ['µs'])
})

await t.test('the tail is the last twenty lines, the unfinished one included', async (t) => {
  const { log, print } = fakeConsole(t.testdir({}))
  t.same(log.tail, [], 'read, and empty')
  const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`)
  await print(`${lines.join('\n')}\n`)
  t.same(log.tail, lines.slice(10))
  await print('unfinished')
  t.same(log.tail, [...lines.slice(11), 'unfinished'])
})

await t.test('the first fault is kept, unless a later one says more', async (t) => {
  const { log, print } = fakeConsole(t.testdir({}))
  await print('all is well\n[    9.1] Oops: 0002 [#1] S')
  t.equal(log.fault, undefined, 'half a line is no fault yet')
  await print('MP NOPTI\n[    9.2] Kernel panic - not syncing: Fatal exception\n')
  t.match(log.fault, { kind: 'oops', line: '[    9.1] Oops: 0002 [#1] SMP NOPTI' })

  const stalled = fakeConsole(t.testdir({}))
  await stalled.print('watchdog: BUG: soft lockup - CPU#1 stuck for 22s!\n')
  t.match(stalled.log.fault, { stall: true })
  await stalled.print('Oops: 0002 [#1] SMP NOPTI\n')
  t.match(stalled.log.fault, { kind: 'oops', stall: false })
})

await t.test('watchers are told of every line until they have enough', async (t) => {
  const { log, print } = fakeConsole(t.testdir({}))
  let first = 0
  let second = 0
  const end = log.onLine(() => first++)
  log.onLine(() => second++)
  await print('no line yet')
  t.equal(first, 0)
  await print('\n')
  t.equal(first, 1)
  end()
  await print('more\n')
  t.same([first, second], [1, 2])
})

await t.test('a file that cannot be written does not take the console away', async (t) => {
  const { log, print, end } = fakeConsole('/no/such/directory')
  await print('irqlab-stage: init\n')
  await pause(20)
  t.equal(log.find(/init/), 'irqlab-stage: init')
  await end()
})

await t.test('the file has every byte, whatever it means', async (t) => {
  const { log, path, print, end } = fakeConsole(t.testdir({}))
  const bytes = Buffer.from([0x68, 0x69, 0x0d, 0x0a, 0xff, 0xfe, 0x00, 0x1b, 0x5b, 0x63, 0x0a, 0xc3])
  await print(bytes.subarray(0, 5))
  await print(bytes.subarray(5))
  await end()
  t.same(await readFile(path), bytes)
  t.equal(log.tail[0], 'hi')
})
