/** Are counters subtracted right over a wrap, and refused where they cannot be compared? */
import * as fc from 'fast-check'
import t from 'tap'
import { Trouble } from '../base/errors.ts'
import { counterDelta, type CounterReading } from './counter-delta.ts'
import { CpuMask } from './cpu-mask.ts'

const reading: CounterReading = {
  irq: { number: 25, action: 'virtio0-input.0', chip: 'PCI-MSIX-0000:00:03.0' },
  bootId: '1c1f2d0e-8a52-4b3e-9d8e-6e0d8b3f8a11',
  onlineCpus: CpuMask.of(0, 1, 2, 3),
  counts: [10, 0, 4294967295, 7],
}
const later = (change: Partial<CounterReading>): CounterReading => ({ ...reading, ...change })

await t.test('subtracts for each possible CPU', async (t) => {
  t.same(counterDelta(reading, later({ counts: [11, 0, 4294967295, 10] })), {
    perCpu: [1, 0, 0, 3],
    total: 4,
    elapsedNs: undefined,
  })
})

await t.test('counts over a wrap', async (t) => {
  t.same(counterDelta(reading, later({ counts: [10, 0, 2, 7] })).perCpu, [0, 0, 3, 0])
})

await t.test('tells the time between two timed readings, and only then', async (t) => {
  t.equal(counterDelta(later({ monotonicNs: 1000 }), later({ monotonicNs: 4000 })).elapsedNs, 3000)
  t.equal(counterDelta(reading, later({ monotonicNs: 4000 })).elapsedNs, undefined)
  t.throws(() => counterDelta(later({ monotonicNs: 4000 }), later({ monotonicNs: 1000 })), {
    message: /older/,
  })
})

await t.test('refuses readings that have nothing in common', async (t) => {
  const cases: readonly (readonly [Partial<CounterReading>, RegExp])[] = [
    [{ irq: { ...reading.irq, number: 26 } }, /the second is of irq 26/],
    [{ irq: { ...reading.irq, action: 'virtio3-input.0' } }, /virtio3-input\.0/],
    [{ irq: { ...reading.irq, chip: 'IR-PCI-MSIX-0000:00:03.0' } }, /IR-PCI/],
    [{ bootId: 'another' }, /booted in between/],
    [{ onlineCpus: CpuMask.of(0, 1, 3) }, /online were 0-3, then 0-1,3/],
    [{ counts: [10, 0, 4294967295] }, /4 and 3 CPUs/],
    [{ counts: [9, 0, 4294967295, 7] }, /CPU 0 went back from 10 to 9/],
    [{ counts: [10, 2 ** 31, 4294967295, 7] }, /CPU 1 went back/],
    [{ counts: [10, 0, 4294967295, 7.5] }, /CPU 3 has 7, then 7\.5/],
    [{ counts: [10, 0, 4294967296, 7] }, /CPU 2 has/],
    [{ counts: [-1, 0, 4294967295, 7] }, /CPU 0 has/],
    [{ counts: [Number.NaN, 0, 4294967295, 7] }, /CPU 0 has/],
  ]
  for (const [change, message] of cases) {
    t.throws(
      () => counterDelta(reading, later(change)),
      { message, stage: 'evidence.counters' },
      String(message),
    )
  }
  t.throws(() => counterDelta(reading, later({ bootId: 'another' })), Trouble)
})

await t.test('whatever was added comes out again, from any start', async (t) => {
  const anyCount = fc.nat(2 ** 32 - 1)
  const anyStep = fc.nat(2 ** 31 - 1)
  fc.assert(
    fc.property(fc.array(fc.tuple(anyCount, anyStep), { minLength: 1, maxLength: 8 }), (pairs) => {
      const before = later({ counts: pairs.map(([start]) => start) })
      const after = later({ counts: pairs.map(([start, step]) => (start + step) % 2 ** 32) })
      const steps = pairs.map(([, step]) => step)
      const delta = counterDelta(before, after)
      return (
        JSON.stringify(delta.perCpu) === JSON.stringify(steps) &&
        delta.total === steps.reduce((a, b) => a + b, 0)
      )
    }),
  )
  t.pass()
})

await t.test('a counter that went back is never taken for interrupts', async (t) => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 2 ** 31 }), (start, back) => {
      const after = (start - back + 2 ** 32) % 2 ** 32
      try {
        counterDelta(later({ counts: [start, 0, 0, 0] }), later({ counts: [after, 0, 0, 0] }))
        return false
      } catch (error) {
        return error instanceof Trouble
      }
    }),
  )
  t.pass()
})
