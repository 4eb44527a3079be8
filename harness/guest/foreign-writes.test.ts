import t from 'tap'
import { Limits } from '../base/limits.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Irq } from '../irq/irq.ts'
import type { Reading } from '../irq/reading.ts'
import { foreignWrites, type ExpectedWrite } from './foreign-writes.ts'
import { guestThatSays } from './guest-that-says-fixture.ts'

const IRQS: readonly Irq[] = [28, 30].map((number) => ({
  number,
  action: `input.${number}`,
  chip: 'PCI-MSI',
}))
const expected = (...masks: readonly (CpuMask | undefined)[]): readonly ExpectedWrite[] =>
  IRQS.map((irq, at) => ({ id: at + 1, irq, mask: masks[at], expect: 'deferred' }))
const set = (irq: number, mask: string, comm = 'sh-203'): string =>
  `  ${comm}  [001] d..1.  17.030200: set: (irq_set_affinity_locked+0x0/0x1f0) irq=${irq} st=0x1d401200 mask=${mask} desc=0xff\n`

/** A guest whose trace shows these lines, one answer after the other. */
function watchOf(...traces: readonly string[]) {
  const log: string[] = []
  const { commands, scripts } = guestThatSays([[/ set: /, ...traces]])
  const reader = {
    read: (irqs: readonly Irq[]) => {
      log.push('read')
      const reading = (irq: Irq): Reading => ({
        irq,
        bootId: 'b',
        onlineCpus: CpuMask.of(0, 1, 2, 3),
        counts: [0, 0, 0, 0],
        readBack: CpuMask.of(1),
        effective: CpuMask.of(0),
        state: undefined,
      })
      return Promise.resolve(irqs.map(reading))
    },
  }
  const states = { learn: () => Promise.resolve() }
  return { watch: { guest: commands, reader, states, limits: new Limits(0.05) }, scripts, log }
}

await t.test('a predicted write is taken down with the process that made it', async (t) => {
  const { watch, scripts, log } = watchOf(set(30, '0x4') + set(28, '0x2') + set(28, '0x8', 'cpuhp/3-29'))
  const acts: string[] = []
  const act = (word: string) => () => {
    acts.push(`${word} after ${log.length} readings and ${scripts.length} scripts`)
    return Promise.resolve()
  }
  const written = await foreignWrites(watch, expected(CpuMask.of(1), CpuMask.of(2)), act('act'), act('then'))
  t.match(
    written.map((one) => one?.write),
    [
      { requested: CpuMask.of(1), pid: 203, form: 'list' },
      { requested: CpuMask.of(2), pid: 203 },
    ],
    'the first write to each, whatever came after it',
  )
  t.same(acts, ['act after 1 readings and 1 scripts', 'then after 1 readings and 2 scripts'])
  t.match(scripts[0], /irqlab write id=1 irq=28 mask=1 .*irqlab write id=2 irq=30 mask=2 /s)
  t.match(scripts.at(-1), /irqlab written id=1 irq=28 status=0.*irqlab written id=2 irq=30 status=0/s)
})

await t.test("a predicted write that did not come is nobody's", async (t) => {
  const { watch } = watchOf(set(28, '0x2'))
  const written = await foreignWrites(watch, expected(CpuMask.of(1), CpuMask.of(2)), () => Promise.resolve())
  t.same(
    written.map((one) => one?.write.pid),
    [203, 0],
  )
})

await t.test('what others write meanwhile is not taken for it', async (t) => {
  const { watch } = watchOf(set(28, '0x8', 'tuned-9') + set(28, '0x2') + set(30, '0x8', 'tuned-9'))
  const written = await foreignWrites(watch, expected(CpuMask.of(1), CpuMask.of(2)), () => Promise.resolve())
  t.same(
    written.map((one) => one?.write.pid),
    [203, 9],
    'the predicted mask tells it; where none has it, the first is what came',
  )
  const named = expected().map((one) => ({ ...one, by: 'irqbalance' }))
  const both = set(28, '0x8', 'tuned-9') + set(28, '0x5', 'irqbalance-77') + set(30, '0x1', 'tuned-9')
  const one = await foreignWrites(watchOf(both).watch, named, () => Promise.resolve())
  t.match(one, [{ write: { requested: CpuMask.of(0, 2), pid: 77 } }, undefined], 'so does the name')
})

await t.test('writes that nobody can predict are awaited until no more come', async (t) => {
  const first = set(28, '0x5', 'irqbalance-77')
  const { watch, scripts } = watchOf('', first, first + set(30, '0x8', 'irqbalance-77'))
  const written = await foreignWrites(watch, expected(), () => Promise.resolve())
  t.same(
    written.map((one) => one?.write.requested.toList()),
    ['0,2', '3'],
  )
  t.match(scripts[0], /mask=any/)
  t.ok(scripts.length >= 6, 'looked once more after the last')
})

await t.test('one that is not written at all is undefined', async (t) => {
  const { watch } = watchOf(set(30, '(fault)'))
  t.same(await foreignWrites(watch, expected(), () => Promise.resolve()), [undefined, undefined])
})
