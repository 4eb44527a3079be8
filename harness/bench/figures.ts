/** From samples to figures: names, what is compared with what, and the goals. Pure. */
import type { Figure } from './figure.ts'
import type { Part } from './parts.ts'
import type { RunCost } from './run-cost.ts'
import type { Samples, Starts } from './samples.ts'

/** The goals: stated beside the figures, never asserted. Multiples where a figure is compared, else in its unit. */
const GOALS = {
  coldReadyMax: 1.25,
  warmReadyMax: 0.25,
  warmVerdictMax: 2,
  harnessShareMax: 15,
  peakMaxMb: 150,
  helpMax: 3,
}

const FLOOR = 'floor'
const NOTHING = 'node -e 0'

/** The figures of these parts, in the order of the table. What has no samples has no figure. */
export function figuresOf(samples: Samples, parts: readonly Part[]): readonly Figure[] {
  const figures: readonly Figure[] = [
    { name: FLOOR, unit: 'ms', samples: samples.floorMs },
    ...parts.flatMap((part) => FIGURES[part](samples)),
  ]
  return figures.filter((figure) => figure.samples.length > 0)
}

const FIGURES: Readonly<Record<Part, (samples: Samples) => readonly Figure[]>> = {
  ready: ({ cold, warm }) => [
    { ...perFloor('cold ready', cold, ({ readyMs }) => readyMs), goalMax: GOALS.coldReadyMax },
    { ...perFloor('warm ready', warm, ({ readyMs }) => readyMs), goalMax: GOALS.warmReadyMax },
  ],
  verdict: ({ cold, warm }) => [
    perFloor('verdict, cold', cold, ({ verdictMs }) => verdictMs),
    { ...perFloor('verdict, warm', warm, ({ verdictMs }) => verdictMs), goalMax: GOALS.warmVerdictMax },
  ],
  cpu: ({ cold, warm }) => [...cpuFigures('cold', cold), ...cpuFigures('warm', warm)],
  memory: ({ cold, warm }) => [...peakFigures('cold', cold), ...peakFigures('warm', warm)],
  start: ({ nothing, help }) => startFigures(nothing, help),
  vng: ({ vngMs }) => [{ name: 'virtme-ng, first command', unit: 'ms', samples: vngMs, per: FLOOR }],
  pace: ({ pace }) => byJobs(pace, 'warm runs', (perMinute) => perMinute, 'a minute'),
  suite: ({ suite }) => byJobs(suite, 'suite', ({ wallMs }) => wallMs, 'ms'),
  sizes: ({ sizes }) => [
    { name: 'initrd', unit: 'MB', samples: sizes.map(({ initrdMb }) => initrdMb) },
    { name: 'bzImage', unit: 'MB', samples: sizes.map(({ bzImageMb }) => bzImageMb) },
    { name: 'memory of a guest put aside', unit: 'MB', samples: sizes.map(({ snapshotMb }) => snapshotMb) },
  ],
}

function perFloor(name: string, runs: readonly RunCost[], fact: (run: RunCost) => number): Figure {
  return { name, unit: 'ms', samples: runs.map(fact), per: FLOOR }
}

function cpuFigures(start: string, runs: readonly RunCost[]): readonly Figure[] {
  const share = ({ harnessCpuMs, qemuCpuMs }: RunCost) => (100 * harnessCpuMs) / (harnessCpuMs + qemuCpuMs)
  return [
    perFloor(`QEMU CPU, ${start}`, runs, ({ qemuCpuMs }) => qemuCpuMs),
    perFloor(`harness CPU, ${start}`, runs, ({ harnessCpuMs }) => harnessCpuMs),
    {
      name: `harness share of CPU, ${start}`,
      unit: '%',
      samples: runs.map(share),
      goalMax: GOALS.harnessShareMax,
    },
  ]
}

function peakFigures(start: string, runs: readonly RunCost[]): readonly Figure[] {
  const peak = { unit: 'MB', goalMax: GOALS.peakMaxMb } as const
  return [
    { ...peak, name: `peak of irqlab, ${start}`, samples: runs.map(({ irqlabMb }) => irqlabMb) },
    { ...peak, name: `peak of its worker, ${start}`, samples: runs.map(({ workerMb }) => workerMb) },
  ]
}

function startFigures(nothing: Starts, help: Starts): readonly Figure[] {
  const [nothingPeak, helpPeak] = [`peak of ${NOTHING}`, 'peak of irqlab --help']
  return [
    { name: NOTHING, unit: 'ms', samples: nothing.ms },
    { name: 'irqlab --help', unit: 'ms', samples: help.ms, per: NOTHING, goalMax: GOALS.helpMax },
    { name: nothingPeak, unit: 'MB', samples: nothing.mb },
    { name: helpPeak, unit: 'MB', samples: help.mb, per: nothingPeak },
  ]
}

/** The first number of jobs is what the others are compared with. A suite is a multiple of the floor too. */
function byJobs<T>(
  costs: ReadonlyMap<number, readonly T[]>,
  what: string,
  fact: (cost: T) => number,
  unit: 'ms' | 'a minute',
): readonly Figure[] {
  const nameOf = (jobs: number) => `${what}, ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`
  const measured = [...costs].filter(([, samples]) => samples.length > 0)
  const [first] = measured
  const base = unit === 'ms' ? { per: FLOOR } : {}
  return measured.map(([jobs, samples]) => ({
    name: nameOf(jobs),
    unit,
    samples: samples.map(fact),
    ...(first === undefined || jobs === first[0] ? base : { per: nameOf(first[0]) }),
  }))
}
