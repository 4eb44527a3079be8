/** Results of many nights that never were: as many records as are asked for, of the size and shape of real ones, to measure with. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { LAW_NAMES } from '../irq/laws/law-names.ts'
import { CAMPAIGN_PLAN_FILE, CAMPAIGN_PLAN_SCHEMA, type CampaignPlan } from '../record/campaign-plan.ts'
import { RECORD_SCHEMA, type RunRecord } from '../record/run-record.ts'

const SCENARIOS = 61
const KERNELS = ['debian:6.1', 'debian:6.12'] as const
const MACHINES = ['plain', 'remapped'] as const
/** A real record has about 19 kB. */
const VERDICTS = 48
const NIGHT_MS = 24 * 60 * 60_000

/** Runs in one of these campaigns. */
export const RUNS_A_CAMPAIGN = SCENARIOS * KERNELS.length * MACHINES.length

/** Writes one campaign, that of the night `number`, below `results`. Gives its directory. */
export function writeDoctoredCampaign(results: string, number: number, firstMs: number): string {
  const startedMs = firstMs + number * NIGHT_MS
  const startedAt = new Date(startedMs).toISOString()
  const campaign = `${startedAt.replaceAll(/[-:]|\.\d+/g, '')}-${SCENARIOS}-scenarios`
  const random = xoroshiro128plus(number)
  const upTo = (most: number) => uniformInt(random, 0, most)
  const records: RunRecord[] = []
  for (let scenario = 1; scenario <= SCENARIOS; scenario++)
    for (const kernel of KERNELS)
      for (const machine of MACHINES)
        records.push(
          doctored(
            { campaign, scenario, kernel, machine, number, startedMs: startedMs + records.length * 1000 },
            upTo,
          ),
        )
  const dir = join(results, campaign)
  for (const record of records) {
    const at = join(results, record.run, 'attempt-1')
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, 'record.json'), `${JSON.stringify(record, null, 2)}\n`)
  }
  writeFileSync(
    join(dir, CAMPAIGN_PLAN_FILE),
    `${JSON.stringify(planOf(campaign, startedAt, records), null, 2)}\n`,
  )
  return dir
}

interface Asked {
  readonly campaign: string
  readonly scenario: number
  readonly kernel: string
  readonly machine: string
  readonly number: number
  readonly startedMs: number
}

function doctored(asked: Asked, upTo: (most: number) => number): RunRecord {
  const { campaign, kernel, machine, number, startedMs } = asked
  const scenario = `scenario-${String(asked.scenario).padStart(2, '0')}`
  // A kernel is built anew every week; every thirteenth scenario fails now and then.
  const build = Math.floor(number / 7)
  const release = `${kernel.split(':')[1] ?? ''}.0-${build}-cloud-amd64`
  const isBad = asked.scenario % 13 === 0 && upTo(9) === 0
  const outcome = asked.scenario % 17 === 0 ? 'known' : isBad ? 'fail' : upTo(400) === 0 ? 'broken' : 'pass'
  const runMs = 10_000 + asked.scenario * 137 + upTo(900)
  return {
    schema: RECORD_SCHEMA,
    run: `${campaign}/${scenario}/${release}/${machine}`,
    scenario,
    question: 'Does a new affinity wait for the next interrupt, and then take effect?',
    outcome,
    reason:
      outcome === 'pass'
        ? `${VERDICTS} verdicts held`
        : `once violated on input.1 (irq 28): seed ${upTo(1e9)}`,
    ...(outcome === 'broken' ? { stage: 'starved' } : {}),
    kernel: { release, source: kernel, sha256: `${kernel} ${build}`.padEnd(64, '0') },
    guest: { flavour: 'micro', sha256: 'cd'.repeat(32), start: 'warm' },
    machine: { name: machine },
    accel: { used: 'tcg', reason: 'TCG was asked for', qemu: 'QEMU emulator version 10.0.2' },
    seed: upTo(2 ** 31 - 1),
    attempts: 1,
    options: { append: '', qemuArgs: [], timeoutScale: 1 },
    verdicts: Array.from({ length: VERDICTS }, (_, at) => ({
      law: LAW_NAMES[at % 10] ?? 'accepted',
      queue: `input.${at % 4}`,
      irq: 28 + (at % 4),
      move: at,
      state: outcome !== 'pass' && at === 5 ? ('violated' as const) : ('held' as const),
      sentence: `${at} was written, reads back at once, and nothing else of this irq changed in 1000 ms`,
      numbers: {
        requested: String(at),
        returned: 0,
        cpu: at % 4,
        seenMs: upTo(1000),
        fired: 10,
        counted: 10,
      },
    })),
    timings: {
      startedAt: new Date(startedMs).toISOString(),
      spawnToReadyMs: 500 + upTo(100),
      totalMs: runMs + 400,
      tookMs: runMs,
    },
    argv: Array.from({ length: 60 }, (_, at) => `-device=virtio-net-pci,id=net${at},mq=on`),
    files: ['record.json', 'serial.log', 'trace.txt'],
    leaks: [],
  }
}

function planOf(campaign: string, startedAt: string, records: readonly RunRecord[]): CampaignPlan {
  return {
    schema: CAMPAIGN_PLAN_SCHEMA,
    campaign,
    irqlab: 'doctored',
    command: ['run'],
    startedAt,
    endedAt: new Date(Date.parse(startedAt) + 3_600_000).toISOString(),
    options: {
      append: '',
      qemuArgs: [],
      timeoutScale: 1,
      cold: false,
      retries: 0,
      jobs: 2,
      accel: 'tcg',
      failOnKnown: false,
    },
    seed: 1,
    runs: records.map(({ run, scenario, question, kernel, machine, seed }) => ({
      run,
      scenario,
      question,
      kernel: { source: kernel.source, release: kernel.release, sha256: kernel.sha256 },
      machine: machine.name,
      repeat: 1,
      seed,
    })),
  }
}
