import t from 'tap'
import { CpuMask } from '../irq/cpu-mask.ts'
import { Random } from './random.ts'

const ONLINE = CpuMask.of(0, 1, 2, 3, 5)

/** Twenty masks of two CPUs, none of them CPU 1. */
function masks(seed: number): readonly string[] {
  const random = new Random(seed, ONLINE)
  return Array.from({ length: 20 }, () => random.maskExcluding(CpuMask.of(1), { cpus: 2 }).toList())
}

await t.test('the same seed makes the same choices, another one makes others', async (t) => {
  t.same(masks(7), masks(7))
  t.notSame(masks(7), masks(8))
  t.equal(new Random(7, ONLINE).seed, 7)
  // A seed in an old record must repeat that run: these choices may never change.
  t.same(masks(1).slice(0, 5), ['3,5', '0,5', '2-3', '3,5', '0,3'])
})

await t.test('a mask has as many online CPUs as asked for, and none of the excluded', async (t) => {
  const random = new Random(42, ONLINE)
  for (let round = 0; round < 200; round++) {
    for (const cpus of [1, 2, 3]) {
      const mask = random.maskExcluding(CpuMask.of(1, 3, 7), { cpus })
      if (mask.size !== cpus || !mask.isSubsetOf(CpuMask.of(0, 2, 5)))
        t.fail(`${mask.toList()} for ${cpus} CPUs`)
    }
  }
  t.equal(random.maskExcluding(CpuMask.of(0, 1, 2, 3)).toList(), '5', 'one CPU unless said otherwise')
})

await t.test('every choice comes up', async (t) => {
  const random = new Random(3, ONLINE)
  const drawn = new Set(Array.from({ length: 200 }, () => random.maskExcluding(CpuMask.of(1)).toList()))
  t.same([...drawn].toSorted(), ['0', '2', '3', '5'])
  t.same(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c']))), new Set(['a', 'b', 'c']))
})

await t.test('choosing from nothing is a bug; a guest with too few CPUs is trouble', async (t) => {
  const random = new Random(1, ONLINE)
  t.throws(() => random.pick([]), { name: 'Bug' })
  t.throws(() => random.maskExcluding(CpuMask.of(0, 1, 2), { cpus: 3 }), {
    name: 'Trouble',
    stage: 'scenario.choice',
    message: /3 online CPUs outside 0-2/,
  })
  t.throws(() => random.maskExcluding(ONLINE), { name: 'Trouble' })
})

await t.test('on a guest that is smaller than usual, what cannot be drawn is a skip', async (t) => {
  const random = new Random(1, CpuMask.of(0, 1))
  t.equal(random.maskExcluding(CpuMask.of(0)).toList(), '1')
  const error = {
    name: 'NotApplicable',
    need: 'more CPUs',
    message: /2 online CPUs outside 0: online are 0-1$/,
  }
  t.throws(() => random.maskExcluding(CpuMask.of(0), { cpus: 2 }), error)
})

await t.test('draws from the CPUs that are online now, and from those that are named', async (t) => {
  let online = ONLINE
  const random = new Random(5, () => online)
  online = CpuMask.of(0, 7)
  t.equal(random.maskExcluding(CpuMask.of(0)).toList(), '7')
  online = CpuMask.of(0)
  t.throws(() => random.maskExcluding(CpuMask.of(0)), { name: 'Trouble' }, 'offline is no small guest')
  for (let round = 0; round < 50; round++) {
    const mask = random.maskOf(CpuMask.of(4, 9, 33), { cpus: 2 })
    if (mask.size !== 2 || !mask.isSubsetOf(CpuMask.of(4, 9, 33))) t.fail(mask.toList())
  }
  t.throws(() => random.maskOf(CpuMask.of(1), { cpus: 2 }), { name: 'Bug' })
})
