import t from 'tap'
import { FakeMemory } from './memory-fixture.ts'
import { findQemu } from './qemu-binary.ts'
import { slownessAt, slownessOf } from './slowness.ts'

const qemu = await findQemu()

t.equal(slownessAt(600_000), 1)
t.equal(slownessAt(300_000), 2)
t.equal(slownessAt(240_000), 2.5)
t.equal(slownessAt(6_000_000), 1, 'a faster host is given no less time')

await t.test('TCG is measured once, and remembered', async (t) => {
  const memory = new FakeMemory()
  const measured = await slownessOf('tcg', qemu, memory)
  t.ok(measured >= 1 && measured < 100, `${measured}`)
  const kept = memory.kept.get('tcg-speed') ?? { conditions: 'nothing was kept', value: 0 }
  t.ok(Number(kept.value) > 1000, `${String(kept.value)} counts in a millisecond`)
  kept.value = 120_000
  t.equal(await slownessOf('tcg', qemu, memory), 5)
  for (const damaged of [null, 'fast', 0, -1]) {
    kept.value = damaged
    await slownessOf('tcg', qemu, memory)
    t.ok(Number(memory.kept.get('tcg-speed')?.value) > 1000, `${damaged}: measured again`)
  }
})

await t.test('KVM is the hardware: not measured', async (t) => {
  t.equal(await slownessOf('kvm', { ...qemu, path: '/nowhere' }, new FakeMemory()), 1)
})

await t.test('what cannot be measured is taken for the reference, and not kept', async (t) => {
  const memory = new FakeMemory()
  t.equal(await slownessOf('tcg', { ...qemu, path: '/nowhere/qemu' }, memory), 1)
  t.equal(memory.kept.size, 0)
})
