import t from 'tap'
import { startMb, startMs } from './start-cost.ts'

const node = process.execPath

await t.test('a start takes time and memory', async (t) => {
  const tookMs = await startMs(node, ['-e', 'setTimeout(() => {}, 150)'])
  t.ok(tookMs >= 150 && tookMs < 10_000, `${tookMs}`)
  const [small, large] = [
    await startMb(node, ['-e', '0']),
    await startMb(node, ['-e', 'Buffer.alloc(100 * 2 ** 20, 1); process.exit()']),
  ]
  t.ok(small > 20, `a Node: ${small}`)
  t.ok(large - small > 90, `105 MB more, though it exits by itself: ${large}`)
})

await t.test('what fails is no figure', async (t) => {
  await t.rejects(startMs(node, ['-e', 'process.exit(3)']), { name: 'Trouble', message: /ended with 3/ })
  await t.rejects(startMb(node, ['-e', 'process.kill(process.pid, "SIGKILL")']), {
    name: 'Trouble',
    message: /no peak memory/,
  })
})
