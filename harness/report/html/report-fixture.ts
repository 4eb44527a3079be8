/** Campaigns with the evidence of real guests, for tests of the report: each recorded run of harness/irq, judged again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { judge } from '../../irq/judge.ts'
import { judgeAlways } from '../../irq/judge-always.ts'
import { RECORDED, type RecordedRun } from '../../irq/recorded-fixture.ts'
import { aRecord } from '../../record/record-fixture.ts'
import type { Campaign } from '../../record/read-campaign.ts'
import type { RunRecord } from '../../record/run-record.ts'

const EVIDENCE = [
  'evidence.json',
  'trace.txt',
  'interrupts/proc-interrupts-start.txt',
  'interrupts/proc-interrupts-end.txt',
]

/** Text that would do harm wherever it is not taken as text. */
export const HOSTILE =
  '</script><script>document.title="harm"</script><img src=x onerror=alert(1)> "\'& <!-- ]]>'

/** A campaign of `count` runs over the recorded evidence, its files below `dir`: the first failed, the second is broken. */
export function recordedCampaign(dir: string, count: number): Campaign {
  const places = RECORDED.map((recorded) => ({ recorded, at: placeOf(dir, recorded) }))
  const dirs = new Map<RunRecord, string>()
  for (let number = 0; number < count; number++) {
    const place = places[number % places.length]
    if (place !== undefined) dirs.set(recordOf(place.recorded, number), place.at)
  }
  const attempts = [...dirs.keys()]
  return {
    dir,
    name: '20261122T104612Z-recorded',
    runs: attempts.map(({ run, scenario, question, kernel, machine, seed }) => ({
      run,
      scenario,
      question,
      kernel,
      machine: machine.name,
      repeat: 1,
      seed,
    })),
    attempts,
    dirs,
    last: new Map(attempts.map((record) => [record.run, record])),
    notRun: [],
  }
}

function placeOf(dir: string, { name, text }: RecordedRun): string {
  const at = join(dir, name)
  mkdirSync(join(at, 'interrupts'), { recursive: true })
  for (const file of ['evidence.json', 'trace.txt'] as const) writeFileSync(join(at, file), text(file))
  for (const file of ['proc-interrupts-start.txt', 'proc-interrupts-end.txt'] as const)
    writeFileSync(join(at, 'interrupts', file), text(file))
  return at
}

function recordOf({ name, run, claims }: RecordedRun, number: number): RunRecord {
  const [series = '', machine = '', ...words] = name.split('-')
  const scenario = `${words.join('-')}-${number}`
  const verdicts = [...claims.flatMap(({ move, book }) => judge(run, move, book)), ...judgeAlways(run)]
  const base = {
    run: `20261122T104612Z-recorded/${scenario}/${run.release.text}/${machine}`,
    scenario,
    kernel: { ...aRecord().kernel, release: run.release.text, source: `debian:${series}` },
    machine: { name: machine, cpus: 4 },
    files: EVIDENCE,
    reason: `${verdicts.length} verdicts held`,
  }
  if (number === 0) {
    const [first, ...rest] = verdicts
    return aRecord({
      ...base,
      outcome: 'fail',
      reason: `accepted violated on input.0 (irq 28): ${HOSTILE}`,
      verdicts: first === undefined ? [] : [{ ...first, state: 'violated', sentence: HOSTILE }, ...rest],
    })
  }
  if (number === 1)
    return aRecord({
      ...base,
      outcome: 'broken',
      stage: 'boot.ssh',
      reason: 'the guest did not answer within 60 s',
      hint: 'look at serial.log',
      console: ['[    0.000000] Linux version 6.1.0', HOSTILE],
      verdicts: [],
      files: [],
    })
  return aRecord({ ...base, verdicts })
}
