/**
 * Every scenario on Debian's 6.1 (in the flavour that has the driver), on the machine that it declares: no law violated
 * but for declared failures, none unproven, none skipped but for a QEMU that is named. Some of them in a guest that was booted
 * and in one that was restored.
 */
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { parseInterrupts } from '../irq/proc-interrupts.ts'
import type { RunRecord } from '../record/run-record.ts'
import { loadScenario } from './worker.ts'
import { rehearse, type Rehearsal, type RehearsalRequest } from './rehearsal-fixture.ts'

/** Of Debian's 6.1 the cloud flavour has no driver for AHCI. */
const GENERIC = 'debian:6.1,flavour=amd64'
const KERNELS: Readonly<Record<string, string>> = {
  'non-maskable-msi.ts': GENERIC,
  'message-of-a-non-maskable-msi.ts': GENERIC,
  'disk-under-load.ts': GENERIC,
}

/** The only reasons for a skip: each names the version of QEMU that lacks what the machine is. */
const SKIPS: Readonly<Record<string, RegExp>> = {
  'x2apic-move.ts': /QEMU \d+ has none under TCG/,
}

/** One for each way to be ready for a scenario: at rest, at rest on another machine, with a device, untouched. */
const BOTH_STARTS = new Set([
  'deferred-move.ts',
  'immediate-move.ts',
  'exact-gate.ts',
  'first-write-after-probe.ts',
])

/** These make them fire: that is their question. */
const STRAYING = new Set(['link-change.ts', 'tx-queue.ts'])

const SCENARIOS = new URL('../../scenarios/', import.meta.url).pathname

const files = globSync(`${SCENARIOS}/*/*.ts`, { exclude: (name) => basename(name) === 'regressions' })
for (const scenario of files.sort()) {
  const file = basename(scenario)
  await t.test(file, async (t) => {
    // A host that starves a guest, and on TCG the emulator, can break a run: that alone is asked once more.
    const kernel = KERNELS[file]
    const request = { scenario, retries: 1, ...(kernel === undefined ? {} : { kernel }) }
    const outcome = (await loadScenario(scenario)).known.length > 0 ? /^(known|pass)$/ : 'pass'
    if (BOTH_STARTS.has(file)) {
      const { warm, cold } = await restored(request)
      warm.remove()
      cold.remove()
      t.equal(warm.record.guest.start, 'warm')
      t.match(warm.record.outcome, outcome, warm.record.reason)
      t.match(cold.record.outcome, outcome, cold.record.reason)
      t.same(verdictsOf(warm.record), verdictsOf(cold.record), 'the same laws of the same queues held')
      return
    }
    const { record, file: text, remove } = await rehearse(request)
    t.teardown(remove)
    const skip = SKIPS[file]
    if (skip !== undefined && record.outcome === 'skip') {
      t.match(record.reason, skip)
      return
    }
    t.match(record.outcome, outcome, record.reason)
    t.ok(record.verdicts.length > 0, 'a pass without a verdict would be none')
    const counts = text('interrupts/proc-interrupts-end.txt')
    if (!STRAYING.has(file))
      t.same(strayed(counts), [], 'no config or tx interrupt of the NIC under test, from its boot to its end')
  })
}

/** A run in a restored guest, and one in a guest that was booted: where none was put aside yet, the first run does that. */
async function restored(
  request: RehearsalRequest,
): Promise<{ readonly warm: Rehearsal; readonly cold: Rehearsal }> {
  const first = await rehearse(request)
  return first.record.guest.start === 'warm'
    ? { warm: first, cold: await rehearse({ ...request, cold: true }) }
    : { warm: await rehearse(request), cold: first }
}

function verdictsOf({ verdicts }: RunRecord): readonly string[] {
  return verdicts.map(({ law, queue, state }) => `${law} ${queue} ${state}`)
}

/** Config and tx irqs of the NIC under test that ever fired. */
function strayed(counts: string): readonly string[] {
  const { rows } = parseInterrupts(counts)
  return [...rows.values()]
    .filter(
      ({ irq, counts }) =>
        /^virtio1-(config|output)/.test(irq.action) && [...counts.values()].some((count) => count > 0),
    )
    .map(({ irq }) => irq.action)
}
