/** Made to fail, in real guests: whose fault it is must be right, and quickly so. */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import type { RunRecord } from '../record/run-record.ts'
import { rehearse, type RehearsalRequest } from './rehearsal-fixture.ts'

async function recordOf(request: RehearsalRequest): Promise<RunRecord> {
  const rehearsal = await rehearse(request)
  rehearsal.remove()
  return rehearsal.record
}

/** The laws that are violated, each once, in their order. */
function violated({ verdicts }: RunRecord): readonly string[] {
  return [...new Set(verdicts.filter(({ state }) => state === 'violated').map(({ law }) => law))]
}

await t.test('no traffic is unproven, never a pass', async (t) => {
  const record = await recordOf({ scenario: 'no-traffic' })
  t.match(record, { outcome: 'broken', stage: 'unproven' })
  const state = (law: string) => record.verdicts.find((verdict) => verdict.law === law)?.state
  t.equal(state('accepted'), 'held')
  t.equal(state('held'), 'held')
  for (const law of ['first-on-old', 'then-on-new', 'once', 'released', 'delivered', 'settled']) {
    t.equal(state(law), 'unproven', law)
  }
})

await t.test('a scenario that claims nothing is broken', async (t) => {
  t.match(await recordOf({ scenario: 'asks-nothing' }), {
    outcome: 'broken',
    stage: 'scenario.asked-nothing',
  })
})

await t.test('a mistake in a scenario is broken, not the fault of the kernel', async (t) => {
  t.match(await recordOf({ scenario: 'throws' }), { outcome: 'broken', reason: /a mistake of the author/ })
})

await t.test('a panic is a fail by the kernel, told at once, with the console', async (t) => {
  let panicked = 0
  const record = await recordOf({
    scenario: 'panics',
    onProgress: () => {
      panicked = performance.now()
    },
  })
  const tookMs = performance.now() - panicked
  t.match(record, { outcome: 'fail', stage: 'kernel', reason: /sysrq|panic|oops/i })
  t.ok(
    record.console?.some((line) => /sysrq|Kernel panic/.test(line)),
    'the console tells of it',
  )
  t.ok(tookMs < 5000, `${Math.round(tookMs)} ms after the last act`)
})

await t.test('a warning in the kernel log fails a run whose laws all held', async (t) => {
  const record = await recordOf({ scenario: 'warns' })
  t.match(record, { outcome: 'fail', stage: 'kernel' })
  t.same(violated(record), [])
})

await t.test('a killed SSH server is broken, with the stage', async (t) => {
  t.match(await recordOf({ scenario: 'loses-ssh' }), { outcome: 'broken', stage: /^ssh\./ })
})

await t.test('a killed QEMU is broken, with the last lines of the console', async (t) => {
  let killedAt = 0
  const record = await recordOf({
    scenario: 'waits',
    onProgress: (words) => {
      if (!words.startsWith('holding') || killedAt > 0) return
      killedAt = performance.now()
      for (const pid of ownQemus()) process.kill(pid, 'SIGKILL')
    },
  })
  const tookMs = performance.now() - killedAt
  t.match(record, { outcome: 'broken', stage: 'guest.qemu', reason: /SIGKILL/ })
  t.ok((record.console?.length ?? 0) > 0, 'the console is in the record')
  t.ok(tookMs < 5000, `${Math.round(tookMs)} ms after the kill`)
})

await t.test('what broke is tried once more when asked for, and both attempts are kept', async (t) => {
  const rehearsal = await rehearse({ scenario: 'asks-nothing', retries: 1 })
  rehearsal.remove()
  t.same(
    rehearsal.records.map(({ outcome, attempts }) => ({ outcome, attempts })),
    [
      { outcome: 'broken', attempts: 1 },
      { outcome: 'broken', attempts: 2 },
    ],
  )
})

await t.test('a remapped guest judged by the deferred laws violates exactly those it should', async (t) => {
  const record = await recordOf({ scenario: 'moves', machine: 'remapped', judgeAs: 'deferred' })
  t.equal(record.outcome, 'fail')
  t.same(violated(record), ['held', 'first-on-old', 'released'])
})

await t.test('a plain guest judged by the immediate laws violates exactly those it should', async (t) => {
  const record = await recordOf({ scenario: 'moves', judgeAs: 'immediate' })
  t.equal(record.outcome, 'fail')
  t.same(violated(record), ['at-the-write', 'never-on-old'])
})

await t.test('each scenario of a lie is a fail', async (t) => {
  const effective = await recordOf({ scenario: 'lying-effective' })
  t.equal(effective.outcome, 'fail')
  t.same(violated(effective)[0], 'first-on-old')
  t.ok(violated(effective).includes('traced'), 'the hardware was set elsewhere')
  const readback = await recordOf({ scenario: 'lying-readback' })
  t.equal(readback.outcome, 'fail')
  t.same(violated(readback)[0], 'accepted')
  const counters = await recordOf({ scenario: 'lying-counters' })
  t.equal(counters.outcome, 'fail')
  t.same(violated(counters)[0], 'first-on-old')
})

await t.test('a second writer during a hold is broken, and named', async (t) => {
  const record = await recordOf({ scenario: 'foreign-writer' })
  t.match(record, { outcome: 'broken', stage: 'disturbed', reason: /sh-\d+ wrote mask 0xf to irq \d+ at/ })
})

for (const machine of ['plain', 'remapped']) {
  await t.test(`a second writer all the time on ${machine} is named, and accuses nobody`, async (t) => {
    const record = await recordOf({ scenario: 'second-writer', machine })
    t.match(record, {
      outcome: 'broken',
      stage: 'disturbed',
      reason: /sh-\d+ wrote mask 0x[1248] to irq \d+ at/,
    })
    t.same(violated(record), [])
  })
}

await t.test('irqbalance that nobody asked for is broken, and named', async (t) => {
  const record = await recordOf({ scenario: 'irqbalance-meanwhile' })
  t.match(record, {
    outcome: 'broken',
    stage: 'disturbed',
    reason: /irqbalance-\d+ wrote mask 0x[0-9a-f]+ to irq \d+ at/,
  })
})

await t.test('a stray packet during a hold is broken, and named', async (t) => {
  const record = await recordOf({ scenario: 'stray-packet' })
  t.match(record, {
    outcome: 'broken',
    stage: 'disturbed',
    reason: /a packet of 33 bytes that we did not send/,
  })
})

await t.test(
  'a scenario asked of a machine on which it has no meaning is a skip that says why',
  async (t) => {
    const scenario = new URL('../../scenarios/moving/deferred-move.ts', import.meta.url).pathname
    const record = await recordOf({ scenario, machine: 'remapped' })
    t.match(record, { outcome: 'skip', need: 'no interrupt remapping', verdicts: [] })
  },
)

/** QEMUs that descend from this process. */
function ownQemus(): readonly number[] {
  const parentOf = (pid: number) =>
    Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  const isOurs = (pid: number): boolean => {
    for (let at = pid; at > 1; at = parentOf(at)) if (at === process.pid) return true
    return false
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('qemu-system') && isOurs(pid)
      } catch {
        return false // It ended while we looked.
      }
    })
}
