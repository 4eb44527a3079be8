import t from 'tap'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import { type KnownFailure, knownOn, messagesSeen, patternsOf } from './known-failure.ts'

const LAW: KnownFailure = { law: 'held', from: '5.17', before: '6.7', reason: 'the quirk was lost' }
const MESSAGE: KnownFailure = { message: /failed\(-28\)/, before: '6.10', reason: 'nobody tries again' }

await t.test('a message has a range of kernels as a law has', async (t) => {
  const on = (release: string) => knownOn(parseKernelRelease(release), [LAW, MESSAGE])
  t.same(on('5.10.218'), [MESSAGE])
  t.same(on('6.1.192'), [LAW, MESSAGE])
  t.same(on('6.9.12'), [MESSAGE])
  t.same(on('6.12.43'), [])
  t.same(patternsOf([LAW, MESSAGE]), [/failed\(-28\)/])
})

await t.test('what was printed of it', async (t) => {
  const log = ['IRQ7: failed(-28).', 'IRQ9: failed(-28).']
  t.same(
    messagesSeen([LAW, MESSAGE], () => log),
    [{ pattern: 'failed\\(-28\\)', line: 'IRQ7: failed(-28).', count: 2, reason: 'nobody tries again' }],
  )
  t.same(
    messagesSeen([LAW, MESSAGE], () => []),
    [],
  )
})
