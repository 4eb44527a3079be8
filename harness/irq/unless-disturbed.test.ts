/** Does a stranger's write excuse an irq that would not settle, and nothing else? */
import t from 'tap'
import { eventOf } from './laws/doctored-fact-fixture.ts'
import { exhibits, moveOf, withEventAfter } from './laws/doctoring-fixture.ts'
import { unlessDisturbed } from './unless-disturbed.ts'
import type { Verdict } from './verdict.ts'

const [deferred] = exhibits('deferred', '6.1-plain-deferred-move')
if (deferred === undefined) throw new Error('the sample was not recorded')
const { id, irq, queue } = moveOf(deferred)
const stuck: Verdict = {
  law: 'first-on-old',
  queue,
  irq: irq.number,
  move: id,
  state: 'violated',
  sentence: 'while settling, 2 was accepted and 3 interrupts were counted, effective is still 1',
  numbers: { interrupts: 3 },
}

await t.test('an irq that nobody else wrote to accuses the kernel', async (t) => {
  t.same(unlessDisturbed(deferred.run, [stuck]), [stuck])
  t.same(unlessDisturbed(deferred.run, [{ ...stuck, move: 0 }]), [{ ...stuck, move: 0 }], 'no move')
})

await t.test('a write by somebody else is what can be said of it', async (t) => {
  const foreign = withEventAfter(deferred, ({ holdBegan }) => holdBegan, {
    ...eventOf(deferred, ({ write }) => write),
    comm: 'irqbalance',
    pid: 77,
  })
  const other = { ...stuck, move: -1 }
  const [excused, same] = unlessDisturbed(foreign.run, [stuck, other])
  t.match(excused, {
    state: 'unproven',
    sentence: /^disturbed: irqbalance-77 wrote mask 0x2 to irq 28 at/,
    numbers: { interrupts: 3, disturbed: /irqbalance-77/ },
  })
  t.equal(same, other)
})
