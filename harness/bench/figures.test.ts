import t from 'tap'
import { summarize } from './figure.ts'
import { figuresOf } from './figures.ts'
import { PART_NAMES } from './parts.ts'
import { noSamples, type Samples } from './samples.ts'

const COLD = {
  readyMs: 2500,
  verdictMs: 9000,
  harnessCpuMs: 1000,
  qemuCpuMs: 9000,
  irqlabMb: 90,
  workerMb: 80,
}
const WARM = { ...COLD, readyMs: 400, verdictMs: 4000 }

function samples(): Samples {
  const all = noSamples([1, 2])
  all.floorMs.push(2000)
  all.cold.push(COLD)
  all.warm.push(WARM)
  all.nothing.ms.push(40)
  all.nothing.mb.push(50)
  all.help.ms.push(100)
  all.help.mb.push(60)
  all.vngMs.push(8000)
  all.sizes.push({ initrdMb: 10, bzImageMb: 8, snapshotMb: 107 })
  for (const [jobs, wallMs] of [
    [1, 40_000],
    [2, 24_000],
  ] as const) {
    all.pace.get(jobs)?.push(600_000 / wallMs)
    all.suite.get(jobs)?.push({ wallMs, runs: 5, warm: 5 })
  }
  return all
}

await t.test('each figure with its ratio and its goal', async (t) => {
  const rows = summarize(figuresOf(samples(), PART_NAMES)).map(({ name, median, per, ratio, goalMax }) =>
    [name, ratio?.median ?? median, per ?? '', goalMax ?? ''].join(' | '),
  )
  t.same(rows, [
    'floor | 2000 |  | ',
    'cold ready | 1.25 | floor | 1.25',
    'warm ready | 0.2 | floor | 0.25',
    'verdict, cold | 4.5 | floor | ',
    'verdict, warm | 2 | floor | 2',
    'QEMU CPU, cold | 4.5 | floor | ',
    'harness CPU, cold | 0.5 | floor | ',
    'harness share of CPU, cold | 10 |  | 15',
    'QEMU CPU, warm | 4.5 | floor | ',
    'harness CPU, warm | 0.5 | floor | ',
    'harness share of CPU, warm | 10 |  | 15',
    'peak of irqlab, cold | 90 |  | 150',
    'peak of its worker, cold | 80 |  | 150',
    'peak of irqlab, warm | 90 |  | 150',
    'peak of its worker, warm | 80 |  | 150',
    'node -e 0 | 40 |  | ',
    'irqlab --help | 2.5 | node -e 0 | 3',
    'peak of node -e 0 | 50 |  | ',
    'peak of irqlab --help | 1.2 | peak of node -e 0 | ',
    'virtme-ng, first command | 4 | floor | ',
    'warm runs, 1 job | 15 |  | ',
    'warm runs, 2 jobs | 1.6666666666666667 | warm runs, 1 job | ',
    'suite, 1 job | 20 | floor | ',
    'suite, 2 jobs | 0.6 | suite, 1 job | ',
    'initrd | 10 |  | ',
    'bzImage | 8 |  | ',
    'memory of a guest put aside | 107 |  | ',
  ])
})

await t.test('a part that was not asked for has no figure, and none without samples', async (t) => {
  const names = (parts: Parameters<typeof figuresOf>[1], of = samples()) =>
    figuresOf(of, parts).map(({ name }) => name)
  t.same(names(['ready']), ['floor', 'cold ready', 'warm ready'])
  t.same(names(PART_NAMES, noSamples([1, 2])), [])
  const onlyTwo = samples()
  onlyTwo.pace.get(1)?.pop()
  t.same(names(['pace'], onlyTwo), ['floor', 'warm runs, 2 jobs'], 'compared with nothing when that broke')
  t.doesNotThrow(() => summarize(figuresOf(onlyTwo, ['pace'])))
})
