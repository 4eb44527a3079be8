import t from 'tap'
import { framesSent, framesTaken, parseFramesTaken } from './tap-counters.ts'

const TEXT = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     112       2    0    0    0     0          0         0      112       2    0    0    0     0       0          0
irqlab-mgmt:   22040     160    0    0    0     0          0         0    31022     181    0    0    0     0       0          0
irqlab-test:     701       7    0    3    0     0          0         0    13902      93    0    1    0     0       0          0
eth0:1234567890123 99 0 0 0 0 0 0 5 6 0 0 0 0 0 0
`

await t.test('the frames that QEMU took are what the tap transmitted', async (t) => {
  t.equal(parseFramesTaken(TEXT, 'irqlab-test'), 93)
  t.equal(parseFramesTaken(TEXT, 'irqlab-mgmt'), 181)
  t.equal(parseFramesTaken(TEXT, 'eth0'), 6, 'no blank after the colon')
})

await t.test('a tap that is not there is trouble, never zero', async (t) => {
  for (const absent of ['irqlab', 'test', 'irqlab-test2', 'Inter-|']) {
    t.throws(() => parseFramesTaken(TEXT, absent), {
      name: 'Trouble',
      stage: 'traffic.tap',
      message: `${absent} is not in this network namespace`,
    })
  }
  t.throws(() => parseFramesTaken('', 'irqlab-test'), { name: 'Trouble' })
  await t.rejects(framesSent('irqlab-no-such'), { name: 'Trouble', message: /irqlab-no-such is not in/ })
  await t.rejects(framesTaken('irqlab-no-such'), { name: 'Trouble', message: /irqlab-no-such is not in/ })
})

await t.test('a row that is cut or is no row of counters is trouble that quotes it', async (t) => {
  for (const row of [
    'irqlab-test:     701       7    0    3    0     0          0         0    13902',
    'irqlab-test: a b c d e f g h i j',
  ]) {
    t.throws(() => parseFramesTaken(`${row}\n`, 'irqlab-test'), {
      name: 'Trouble',
      message: `The counters of irqlab-test cannot be read: ${row}`,
    })
  }
})

await t.test('the kernel’s own text has that shape', async (t) => {
  t.ok(Number.isInteger(await framesTaken('lo')))
})
